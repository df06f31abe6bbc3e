import { ForeignCredentialError, TenantMismatchError, UnauthenticatedError } from '#kernel/resolution/access.errors.js';
import type { AccessTokens } from '#kernel/resolution/access-token.js';
import { hashApiKey } from '#kernel/resolution/api-key.js';
import type { Credential } from '#kernel/resolution/credential.js';
import type { CredentialDirectory } from '#kernel/resolution/credential-directory.js';
import type { Host } from '#kernel/resolution/host-grammar.js';
import { HostUnknownError } from '#kernel/resolution/host.errors.js';
import type { Principal } from '#kernel/resolution/principal.js';
import { canServe, SCHEMA_RANGE } from '#kernel/tenancy/schema-range.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantMisdirectedError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a request says about whose it is. */
export interface Claim {
  readonly host: Host;
  readonly credential: Credential | null;
  /** X-Tenant-Id: an id or a slug. It opens nothing; it must agree with a machine credential. */
  readonly tenantHeader: string | undefined;
}

/** Whose the request is, and who acts; nobody is known yet where somebody signs in. */
export interface Resolution<Who extends Principal | null = Principal | null> {
  readonly tenant: Tenant;
  readonly principal: Who;
}

export interface TenantResolverOptions {
  readonly directory: TenantDirectory & CredentialDirectory;
  readonly tokens: AccessTokens;
  /** All, when not given. */
  readonly servedRegions: readonly string[] | undefined;
  readonly onAlert: (alert: string, details: Record<string, unknown>) => void;
}

/** Turns a request's claim into a tenant and a principal. Host and credential are two axes, and both must name the same tenant. */
export class TenantResolver {
  readonly #served: ReadonlySet<string> | null;

  constructor(private readonly options: TenantResolverOptions) {
    this.#served = options.servedRegions ? new Set(options.servedRegions) : null;
  }

  /** Raises the errors of host, tenant status and access. */
  async resolve(claim: Claim): Promise<Resolution<Principal>> {
    const named = await this.#byHost(claim.host);
    const principal = await this.#authenticate(claim.credential);
    if (named && principal.tenantId !== named.id) {
      this.options.onAlert('access.foreign-credential', {
        tenantId: named.id,
        credentialTenantId: principal.tenantId,
        kind: principal.kind,
      });
      // The same answer as for a credential that nobody has: it is nobody's here.
      throw new ForeignCredentialError(named, principal.kind);
    }
    const tenant = named ?? (await this.#admit(await this.options.directory.byId(principal.tenantId)));
    this.#compareHeader(tenant, principal, claim.tenantHeader);
    return { tenant, principal };
  }

  /** For a route of a tenant that everybody may ask. Raises the errors of host and tenant status; on the machines' host there is no tenant. */
  async resolvePublic(host: Host): Promise<Resolution<null>> {
    const tenant = await this.#byHost(host);
    if (!tenant) throw new HostUnknownError();
    return { tenant, principal: null };
  }

  /** Null on the machines' host, where the credential names the tenant. */
  async #byHost(host: Host): Promise<Tenant | null> {
    const { directory } = this.options;
    if (host.kind === 'tenant') return this.#admit(await directory.bySlug(host.slug));
    if (host.kind === 'platform' && host.name === 'api') return null;
    const tenant = host.kind === 'foreign' && host.isDomain ? await directory.byDomain(host.host) : null;
    if (!tenant) throw new HostUnknownError();
    return this.#admit(tenant);
  }

  async #admit(found: Tenant | null): Promise<Tenant> {
    // What is remembered of its version may be older than its migration; it is looked up before the tenant is turned away.
    const isBehind = found?.status === 'active' && !canServe(found, SCHEMA_RANGE);
    const tenant = requireActive(isBehind ? await this.options.directory.refresh(found.id) : found);
    const { region } = tenant.placement;
    if (this.#served && !this.#served.has(region)) throw new TenantMisdirectedError(region);
    return tenant;
  }

  async #authenticate(credential: Credential | null): Promise<Principal> {
    const principal = await this.#principalOf(credential);
    if (!principal) throw new UnauthenticatedError();
    return principal;
  }

  async #principalOf(credential: Credential | null): Promise<Principal | null> {
    if (!credential || credential.kind === 'unreadable') return null;
    if (credential.kind === 'api-key') {
      const key = await this.options.directory.apiKey(hashApiKey(credential.text));
      return key && { kind: 'machine', ...key };
    }
    const claims = await this.options.tokens.verify(credential.text);
    return claims && { kind: 'member', id: claims.memberId, tenantId: claims.tenantId, sessionId: claims.sessionId };
  }

  #compareHeader(tenant: Tenant, principal: Principal, header: string | undefined): void {
    if (header === undefined || principal.kind !== 'machine') return;
    if (header === tenant.id || header === tenant.slug) return;
    this.options.onAlert('access.tenant-mismatch', { tenantId: tenant.id, principalId: principal.id });
    throw new TenantMismatchError();
  }
}
