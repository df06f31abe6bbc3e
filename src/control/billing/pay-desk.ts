import type { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { PayLinkInvalidError } from '#control/billing/billing.errors.js';
import type { PayLinks } from '#control/billing/pay-links.js';
import { withinTime } from '#control/billing/within-time.js';
import type { PublicAddress } from '#kernel/resolution/public-address.js';

/** Lets whoever holds a pay link pay, whatever the tenant's status. */
export class PayDesk {
  constructor(
    private readonly links: PayLinks,
    private readonly accounts: BillingAccounts,
    private readonly tenants: Pick<TenantRegistry, 'get'>,
    private readonly provider: Pick<BillingProvider, 'portal'>,
    private readonly address: PublicAddress,
  ) {}

  /** The address of a page made for this once. Raises PayLinkInvalidError, also for a tenant that nobody pays for. */
  async open(token: string): Promise<string> {
    const tenantId = this.links.open(token);
    const customerId = await this.accounts.of(tenantId);
    if (customerId === null) throw new PayLinkInvalidError();
    const { slug } = await this.tenants.get(tenantId);
    const { url } = await withinTime(this.provider.portal({ customerId, returnUrl: this.address.ofTenant(slug, '/') }));
    return url;
  }
}
