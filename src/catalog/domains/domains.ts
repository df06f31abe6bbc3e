import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { DomainRefusedError } from '#catalog/catalog.errors.js';
import { DomainRecord } from '#catalog/domains/domain.record.js';
import { slugHash } from '#catalog/lifecycle/tombstones.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';

/** The TXT records of a name; raises an error with Node's DNS `code` when there are none or the name cannot be looked up. */
export type LookUpText = (name: string) => Promise<string[]>;

const NO_RECORD: readonly unknown[] = ['ENOTFOUND', 'ENODATA'];

/** Domains that tenants say are theirs; one resolves only while it is verified. The platform's record has their hashes: it outlives the tenant. */
export class Domains {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** The record to put into DNS as proof. Raises DomainRefusedError when the domain is another tenant's. */
  async claim(tenantId: string, name: string): Promise<{ record: string; value: string }> {
    const em = this.catalog.em.fork();
    const known = await em.findOne(DomainRecord, { name });
    if (known && known.tenantId !== tenantId) throw new DomainRefusedError(name, 'it belongs to another tenant');
    const challenge = known?.challenge ?? randomBytes(24).toString('base64url');
    if (!known) {
      await em.transactional(async (tx) => {
        tx.create(DomainRecord, { name, tenantId, challenge, verifiedAt: null });
        await this.audit.record(tx, {
          action: 'tenant.claim-domain',
          targets: [tenantTarget(tenantId)],
          details: { domainHash: slugHash(name) },
        });
      });
    }
    return { record: `_tenantry.${name}`, value: challenge };
  }

  /** Looks for the proof. A domain whose proof has gone is not verified any more; DNS that does not answer changes nothing. Raises DomainRefusedError. */
  async verify(tenantId: string, name: string, lookUp: LookUpText): Promise<void> {
    const em = this.catalog.em.fork();
    const domain = await em.findOne(DomainRecord, { name, tenantId });
    if (!domain) throw new DomainRefusedError(name, 'it was not claimed');
    const found = await lookUp(`_tenantry.${name}`).catch((error: unknown): string[] => {
      const { code } = error as { code?: unknown };
      if (NO_RECORD.includes(code)) return [];
      throw new DomainRefusedError(name, `_tenantry.${name} could not be looked up now (${String(code)})`);
    });
    const isProven = found.includes(domain.challenge);
    await em.transactional(async (tx) => {
      await tx.nativeUpdate(DomainRecord, { name, tenantId }, { verifiedAt: isProven ? new Date() : null });
      await this.audit.record(tx, {
        action: 'tenant.verify-domain',
        targets: [tenantTarget(tenantId)],
        outcome: isProven ? 'success' : 'failure',
        details: { domainHash: slugHash(name) },
      });
    });
    await this.changed(tenantId);
    if (!isProven) throw new DomainRefusedError(name, `_tenantry.${name} has no TXT record with the challenge`);
  }
}
