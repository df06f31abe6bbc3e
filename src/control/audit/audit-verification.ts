import type { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { AuditAnchors } from '#workspace/audit/audit-anchors.js';
import type { AuditSignatures } from '#workspace/audit/audit-keys.js';
import type { AuditVerdict } from '#workspace/audit/audit-verdict.js';
import { AuditVerifier } from '#workspace/audit/audit-verifier.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

/** What was found of one chain; `unread` says why it could not be looked at. */
export type NamedVerdict = { readonly name: string } & (AuditVerdict | { readonly valid: false; readonly unread: string });

/** Where the chains are, and what was signed for them. */
export interface VerifiedRecords {
  readonly tenants: TenantRegistry;
  readonly platformChain: PlatformAuditChain;
  readonly contexts: TenantContextFactory;
  /** Asks for the platform's keys. */
  readonly signatures: () => Promise<AuditSignatures>;
  readonly anchors: AuditAnchors;
}

/** Looks through the chains of tenants, one after the other, and through the platform's own. */
export class AuditVerification {
  constructor(private readonly records: VerifiedRecords) {}

  /** Of one tenant by its name, or of everything. A tenant that is closed cannot be read, and one whose server is down. Raises TenantUnknownError. */
  async *verify(slug?: string): AsyncGenerator<NamedVerdict> {
    const { tenants, platformChain } = this.records;
    const signatures = await this.records.signatures();
    const all = await tenants.list();
    const chosen = slug === undefined ? all.filter(({ status }) => status === 'active') : [await tenants.get(slug)];
    const otherChains = all.map(({ id }) => id);
    for (const tenant of chosen) yield await this.#look(tenant, signatures, otherChains);
    if (slug !== undefined) return;
    const own = await AuditVerifier.verify(platformChain, { signatures, anchors: null });
    yield { name: 'platform', ...own };
  }

  async #look(tenant: Tenant, signatures: AuditSignatures, otherChains: readonly string[]): Promise<NamedVerdict> {
    const { contexts, anchors } = this.records;
    try {
      const verdict = await TenantScope.run(tenant, () =>
        AuditVerifier.verify(new TenantAuditChain(contexts), { signatures, anchors, otherChains }),
      );
      return { name: tenant.slug, ...verdict };
    } catch (error) {
      return { name: tenant.slug, valid: false, unread: error instanceof Error ? error.message : String(error) };
    }
  }
}
