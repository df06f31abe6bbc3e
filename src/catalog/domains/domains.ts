import { randomBytes } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/postgresql';
import { DomainRefusedError } from '#catalog/catalog.errors.js';
import { DomainRecord } from '#catalog/domains/domain.record.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';

/** The TXT records of a name; raises an error with Node's DNS `code` when there are none or the name cannot be looked up. */
export type LookUpText = (name: string) => Promise<string[]>;

const NO_RECORD: readonly unknown[] = ['ENOTFOUND', 'ENODATA'];

/** Domains that tenants say are theirs; one resolves only while it is verified. */
export class Domains {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
  ) {}

  /** The record to put into DNS as proof. Raises DomainRefusedError when the domain is another tenant's. */
  async claim(tenantId: string, name: string): Promise<{ record: string; value: string }> {
    const em = this.catalog.em.fork();
    const known = await em.findOne(DomainRecord, { name });
    if (known && known.tenantId !== tenantId) throw new DomainRefusedError(name, 'it belongs to another tenant');
    const domain = known ?? em.create(DomainRecord, { name, tenantId, challenge: randomBytes(24).toString('base64url'), verifiedAt: null });
    await em.flush();
    return { record: `_tenantry.${name}`, value: domain.challenge };
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
    domain.verifiedAt = isProven ? new Date() : null;
    await em.flush();
    await this.changed(tenantId);
    if (!isProven) throw new DomainRefusedError(name, `_tenantry.${name} has no TXT record with the challenge`);
  }
}
