import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Platform } from '#main/platform.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import type { AuditVerdict } from '#workspace/audit/audit-verdict.js';
import { AuditVerifier } from '#workspace/audit/audit-verifier.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

/** What was found of one chain; `unread` says why it could not be looked at. */
export type NamedVerdict = { readonly name: string } & (AuditVerdict | { readonly valid: false; readonly unread: string });

type VerifiedPlatform = Pick<Platform, 'catalog' | 'announce' | 'contexts' | 'signing' | 'auditAnchors'>;

/** Looks through the chains of tenants, one after the other, and through the platform's own. */
export class AuditVerification {
  readonly #signer: AuditSigner;
  readonly #tenants: TenantRegistry;

  constructor(private readonly platform: VerifiedPlatform) {
    this.#signer = new AuditSigner(platform.signing);
    this.#tenants = new TenantRegistry(platform.catalog, platform.announce);
  }

  /** Of one tenant by its name, or of everything. A tenant that is closed cannot be read, and one whose server is down. Raises TenantUnknownError. */
  async *verify(slug?: string): AsyncGenerator<NamedVerdict> {
    const all = await this.#tenants.list();
    const chosen = slug === undefined ? all.filter(({ status }) => status === 'active') : [await this.#tenants.get(slug)];
    const otherChains = all.map(({ id }) => id);
    for (const tenant of chosen) yield await this.#look(tenant, otherChains);
    if (slug !== undefined) return;
    const own = await AuditVerifier.verify(new PlatformAuditChain(this.platform.catalog), { signer: this.#signer, anchors: null });
    yield { name: 'platform', ...own };
  }

  async #look(tenant: Tenant, otherChains: readonly string[]): Promise<NamedVerdict> {
    const { contexts, auditAnchors: anchors } = this.platform;
    try {
      const verdict = await TenantScope.run(tenant, () =>
        AuditVerifier.verify(new TenantAuditChain(contexts), { signer: this.#signer, anchors, otherChains }),
      );
      return { name: tenant.slug, ...verdict };
    } catch (error) {
      return { name: tenant.slug, valid: false, unread: error instanceof Error ? error.message : String(error) };
    }
  }
}
