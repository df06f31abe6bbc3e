import type { PublicAddress } from '#kernel/resolution/public-address.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';
import type { Clock } from '#kernel/work/clock.js';
import { PayLinkInvalidError } from '#control/billing/billing.errors.js';

const PURPOSE = 'billing-pay';
const LIFETIME_MS = 30 * 86_400_000;
const TOKEN = /^([0-9a-f-]{36})\.(\d{13})\.([A-Za-z0-9_-]{43})$/;

/** Where the address of the pay door is. */
export const PAY_PATH = '/api/billing/pay';

/** Links by which somebody who cannot sign in may pay: good for one tenant, for 30 days, and for nothing else. */
export class PayLinks {
  constructor(
    private readonly keys: SigningKeys,
    private readonly address: PublicAddress,
    private readonly clock: Clock,
  ) {}

  linkFor(tenantId: string): string {
    const until = String(this.clock.now().getTime() + LIFETIME_MS);
    const signature = this.keys.sign(PURPOSE, `${tenantId}.${until}`).toString('base64url');
    return this.address.ofPlatform(PAY_PATH, { t: `${tenantId}.${until}.${signature}` });
  }

  /** The tenant it was made for. Raises PayLinkInvalidError for whatever was not made here, is damaged or is over. */
  open(token: string): string {
    const [, tenantId = '', until = '', signature = ''] = TOKEN.exec(token) ?? [];
    const isOurs = this.keys.isSigned(PURPOSE, `${tenantId}.${until}`, Buffer.from(signature, 'base64url'));
    if (!isOurs || this.clock.now().getTime() >= Number(until)) throw new PayLinkInvalidError();
    return tenantId;
  }
}
