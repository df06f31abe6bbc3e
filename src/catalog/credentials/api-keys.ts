import type { MikroORM } from '@mikro-orm/postgresql';
import { ApiKeyRecord } from '#catalog/credentials/api-key.record.js';
import type { TenantChanged } from '#catalog/tenants/tenant-registry.js';
import { hashApiKey, mintApiKey } from '#kernel/resolution/api-key.js';

/** Issues and revokes the machine credentials of tenants. */
export class ApiKeys {
  constructor(
    private readonly catalog: MikroORM,
    private readonly changed: TenantChanged,
  ) {}

  /** The key itself, this once: only its hash is kept. */
  async issue(tenantId: string, name: string): Promise<{ id: string; key: string }> {
    const key = mintApiKey();
    const em = this.catalog.em.fork();
    const record = em.create(ApiKeyRecord, { tenantId, name, hash: hashApiKey(key) });
    await em.flush();
    return { id: record.id, key };
  }

  /** Refused from the next request on, everywhere. Another tenant's key is left alone. */
  async revoke(tenantId: string, id: string): Promise<boolean> {
    const changed = await this.catalog.em.fork().nativeUpdate(ApiKeyRecord, { id, tenantId, revokedAt: null }, { revokedAt: new Date() });
    await this.changed(tenantId);
    return changed === 1;
  }
}
