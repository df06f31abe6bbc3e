import { Injectable } from '@nestjs/common';
import { PublicAddress } from '#kernel/resolution/public-address.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { LinkInvalidError } from '../auth.errors.js';
import type { LinkPurpose } from '../member-tables.js';

const ID_BYTES = 16;
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
    const id = Buffer.from(linkId.replaceAll('-', ''), 'hex');
    return Buffer.concat([id, this.keys.sign('one-time-link', signed(purpose, linkId))]).toString('base64url');
  }

  /** The id of the row a token was made of. Raises LinkInvalidError for any that was not made here, for this purpose and this tenant. */
  idOf(purpose: LinkPurpose, token: string): string {
    const bytes = Buffer.from(token, 'base64url');
    const hex = bytes.subarray(0, ID_BYTES).toString('hex');
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    if (!this.keys.isSigned('one-time-link', signed(purpose, id), bytes.subarray(ID_BYTES))) throw new LinkInvalidError();
    return id;
  }
}

function signed(purpose: LinkPurpose, id: string): string {
  return JSON.stringify([purpose, TenantScope.require('use a link').id, id]);
}
