import { randomBytes } from 'node:crypto';
import { CrossSiteRequestError, ForgeryTokenMismatchError, ForgeryTokenMissingError } from '#kernel/resolution/forgery.errors.js';
import type { SigningKeys } from '#kernel/signing/signing-keys.js';

const PURPOSE = 'anti-forgery';
const TOKEN = /^([0-9a-f]{64})\.([0-9a-f]{32})$/;
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a browser says of the page that asks, and the host as the caller named it. */
export interface AskingPage {
  readonly host: string;
  readonly origin: string | undefined;
  /** Sec-Fetch-Site; browsers without it send Origin with every change. */
  readonly site: string | undefined;
}

/** A session of a tenant, as anti-forgery tokens are bound to it. */
export interface GuardedSession {
  readonly tenantId: string;
  readonly sessionId: string;
}

/** Whether a request by this method only reads. */
export function isSafeMethod(method: string): boolean {
  return SAFE.has(method);
}

/**
 * Holds off changes that a page of somebody else makes a browser ask for. Hosts of all tenants are one site to a browser, so `same-site` is
 * as foreign as any other.
 */
export class ForgeryGuard {
  constructor(
    private readonly keys: SigningKeys,
    private readonly scheme: 'http' | 'https',
  ) {}

  /** A new token for pages of this session: it is sent back with every change. */
  mint(session: GuardedSession): string {
    const random = randomBytes(16).toString('hex');
    return `${this.keys.sign(PURPOSE, signed(session, random)).toString('hex')}.${random}`;
  }

  /** Raises ForgeryTokenMissingError or ForgeryTokenMismatchError. */
  requireToken(session: GuardedSession, token: string | undefined): void {
    if (!token) throw new ForgeryTokenMissingError();
    const [, signature = '', random = ''] = TOKEN.exec(token) ?? [];
    if (!this.keys.isSigned(PURPOSE, signed(session, random), Buffer.from(signature, 'hex'))) throw new ForgeryTokenMismatchError();
  }

  /** Raises CrossSiteRequestError when the request says that it comes from a page of another host. What is no browser says nothing. */
  refuseForeignPage({ host, origin, site }: AskingPage): void {
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (isForeign || (origin !== undefined && !this.#isOwn(origin, host))) throw new CrossSiteRequestError();
  }

  /** Raises CrossSiteRequestError unless the request says that it comes from a page of this host: for what a browser sends by itself. */
  requireOwnPage(page: AskingPage): void {
    this.refuseForeignPage(page);
    if (page.site === undefined && page.origin === undefined) throw new CrossSiteRequestError();
  }

  #isOwn(origin: string, host: string): boolean {
    return origin === `${this.scheme}://${host.toLowerCase()}`;
  }
}

function signed({ tenantId, sessionId }: GuardedSession, random: string): string {
  return JSON.stringify([tenantId, sessionId, random]);
}
