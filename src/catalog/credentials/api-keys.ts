import type { MikroORM } from '@mikro-orm/postgresql';
import { tenantTarget } from '#catalog/audit/platform-act.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { ApiKeyRecord } from '#catalog/credentials/api-key.record.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';
import { hashApiKey, mintApiKey } from '#kernel/resolution/api-key.js';

/** A key as its tenant may see it: everything but the key. */
export interface ApiKeyCard {
  readonly id: string;
  readonly name: string;
  readonly permissions: readonly string[] | null;
  readonly createdBy: string | null;
  readonly createdAt: Date;
}

/** What a key may: at most what is listed (null: all), and at most what the member named may (null: an operator's key). */
export type ApiKeyRights = Pick<ApiKeyCard, 'permissions' | 'createdBy'>;

const OPERATOR: ApiKeyRights = { permissions: null, createdBy: null };

/** Issues and revokes the machine credentials of tenants. */
export class ApiKeys {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
    private readonly audit = new PlatformAudit(catalog),
  ) {}

  /** Newest first; revoked ones are not listed. */
  async list(tenantId: string): Promise<ApiKeyCard[]> {
    const records = await this.catalog.em.fork().find(ApiKeyRecord, { tenantId, revokedAt: null }, { orderBy: { id: 'desc' } });
    return records.map(cardOf);
  }

  async has(tenantId: string, id: string): Promise<boolean> {
    return (await this.catalog.em.fork().count(ApiKeyRecord, { id, tenantId, revokedAt: null })) === 1;
  }

  /** The key itself, this once: only its hash is kept. Without rights it is an operator's. */
  async issue(tenantId: string, name: string, { permissions, createdBy }: ApiKeyRights = OPERATOR): Promise<ApiKeyCard & { key: string }> {
    const key = mintApiKey();
    const rights = { permissions: permissions && [...permissions], createdBy };
    const record = await this.catalog.em.fork().transactional(async (em) => {
      const made = em.create(ApiKeyRecord, { tenantId, name, hash: hashApiKey(key), ...rights });
      await em.flush();
      // Its name is the tenant's own words, and goes with the tenant.
      await this.audit.record(em, { action: 'tenant.issue-key', targets: [tenantTarget(tenantId), keyTarget(made.id)] });
      return made;
    });
    return { ...cardOf(record), key };
  }

  /** Refused from the next request on, everywhere. Another tenant's key is left alone. */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    const changed = await this.catalog.em.fork().transactional(async (em) => {
      const revoked = await em.nativeUpdate(ApiKeyRecord, { id, tenantId, revokedAt: null }, { revokedAt: new Date() });
      if (revoked > 0) await this.audit.record(em, { action: 'tenant.revoke-key', targets: [tenantTarget(tenantId), keyTarget(id)] });
      return revoked;
    });
    await this.changed(tenantId);
    return changed === 1;
  }
}

function cardOf({ id, name, permissions = null, createdBy = null, createdAt }: ApiKeyRecord): ApiKeyCard {
  return { id, name, permissions, createdBy, createdAt };
}

function keyTarget(id: string): { readonly type: string; readonly id: string } {
  return { type: 'api_key', id };
}
