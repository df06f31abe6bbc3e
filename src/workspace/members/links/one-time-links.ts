import { Injectable } from '@nestjs/common';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { LinkPurpose } from '../member-tables.js';
import { linkIdOf, linkToken } from './link-token.js';

const PAGES = { setup: '/setup', reset: '/reset' } as const satisfies Record<LinkPurpose, string>;

/**
 * Links that let somebody set a password. Their token is the id of a row and a signature over it, of one purpose and one tenant, so that
 * nothing secret is kept: whoever sends the mail makes it anew.
 */
@Injectable()
export class OneTimeLinks {
  constructor(
    private readonly keys: SigningKeys,
    private readonly address: PublicAddress,
  ) {}

  /** The address for a mail, at the tenant in scope. */
  linkFor(purpose: LinkPurpose, linkId: string): string {
    return this.address.ofTenant(TenantScope.require('make a link').slug, PAGES[purpose], { token: this.tokenFor(purpose, linkId) });
  }

  tokenFor(purpose: LinkPurpose, linkId: string): string {
    return linkToken(this.keys, about(purpose), linkId);
  }

  /** The id of the row a token was made of. Raises LinkInvalidError for any that was not made here, for this purpose and this tenant. */
  idOf(purpose: LinkPurpose, token: string): string {
    return linkIdOf(this.keys, about(purpose), token);
  }
}

function about(purpose: LinkPurpose): [purpose: string, tenantId: string] {
  return [purpose, TenantScope.require('use a link').id];
}
