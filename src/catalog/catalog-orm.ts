import { MikroORM } from '@mikro-orm/postgresql';
import { Deadline } from '#kernel/isolation/deadline.js';
import { ApiKeyRecord } from '#catalog/credentials/api-key.record.js';
import { AuditorRecord } from '#catalog/auditors/auditor.record.js';
import { DomainRecord } from '#catalog/domains/domain.record.js';
import { PlacementRecord } from '#catalog/tenants/placement.record.js';
import { TenantRecord } from '#catalog/tenants/tenant.record.js';

const PROBE_WITHIN_MS = 800;

/** The platform's own database: its entities, connections and migration line are apart from those of tenants. */
export function openCatalog(url: string, poolMax: number): MikroORM {
  return new MikroORM({
    clientUrl: url,
    // Or what is asked of the catalog inside a tenant's transaction would be asked of the tenant: the ORM looks up transactions by this name.
    contextName: 'catalog',
    entities: [TenantRecord, PlacementRecord, ApiKeyRecord, AuditorRecord, DomainRecord],
    pool: { min: 0, max: poolMax },
    driverOptions: { connectionTimeoutMillis: 1_500, query_timeout: 5_000, application_name: 'tenantry-catalog' },
    ensureDatabase: false,
    debug: false,
  });
}

/** Whether the catalog answers within the time that a probe has; never raises. */
export async function isCatalogUp(catalog: MikroORM): Promise<boolean> {
  try {
    await new Deadline(PROBE_WITHIN_MS).race(catalog.em.getConnection().execute('select 1'));
    return true;
  } catch {
    return false;
  }
}
