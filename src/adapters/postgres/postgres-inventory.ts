import type pg from 'pg';
import { dropHome } from '#adapters/postgres/homes/home-turn.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { ClusterEntry } from '#control/doctor/known-places.js';
import type { ServerInventory, ServerThings } from '#control/doctor/server-inventory.js';
import type { TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { SHARED_SCHEMA } from '#control/provisioning/placer.js';

/** Looks at servers as provisioning, in their own catalogues. */
export class PostgresInventory implements ServerInventory {
  constructor(
    private readonly clusters: Pick<ClusterBook, 'named'>,
    private readonly rows: Pick<TenantStore, 'erase'>,
  ) {}

  things({ name }: ClusterEntry): Promise<ServerThings> {
    return this.#at(name, async (session) => {
      const names = async (text: string): Promise<string[]> => (await session.query<{ name: string }>(text)).rows.map((row) => row.name);
      const schemas = await names(`select nspname as name from pg_namespace where nspname ~ '^t_[0-9a-f]{20}$' order by 1`);
      const databases = await names(`select datname as name from pg_database where datname ~ '^tenantry_e_[0-9a-f]{20}$' order by 1`);
      const roles = await names(`select rolname as name from pg_roles where rolname ~ '^tenantry_e_[0-9a-f]{20}$' order by 1`);
      const tables = await names(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = any(array['${SHARED_SCHEMA}', 'tenancy']::regnamespace[]) and c.relkind in ('r', 'p') and not c.relispartition`,
      );
      const residents = new Set<string>();
      for (const table of tables) for (const id of await names(distinctTenants(table))) residents.add(id);
      return { schemas, databases, roles, residents: [...residents].sort() };
    });
  }

  async dropSchema({ name }: ClusterEntry, schema: string): Promise<void> {
    await this.#at(name, (session) => dropHome(session, schema));
  }

  async dropDatabase({ name }: ClusterEntry, database: string): Promise<void> {
    await this.#at(name, (session) => session.query(`drop database if exists ${identifier(database)} with (force)`));
  }

  async dropRole({ name }: ClusterEntry, role: string): Promise<void> {
    await this.#at(name, (session) => session.query(`drop role if exists ${identifier(role)}`));
  }

  async evict(cluster: ClusterEntry, tenantId: string): Promise<void> {
    const { appUrl } = await this.clusters.named(cluster.name);
    const database = new URL(appUrl).pathname.slice(1);
    const placement = {
      kind: 'row',
      region: cluster.region,
      cluster: cluster.name,
      database,
      schema: SHARED_SCHEMA,
      secret: null,
      epoch: 1,
    } as const;
    await this.rows.erase({ id: tenantId, slug: '', placement });
  }

  async #at<T>(cluster: string, work: (session: pg.Client) => Promise<T>): Promise<T> {
    const { provisionUrl, appUrl }: Cluster = await this.clusters.named(cluster);
    return withSession(atDatabase(provisionUrl, new URL(appUrl).pathname.slice(1)), work);
  }
}

/** One look into the key for each tenant, whatever each has: every key of such a table begins with the tenant. */
function distinctTenants(table: string): string {
  return `with recursive seen as (
      (select tenant_id from ${table} order by tenant_id limit 1)
      union all
      select (select t.tenant_id from ${table} t where t.tenant_id > s.tenant_id order by t.tenant_id limit 1) from seen s where s.tenant_id is not null)
    select tenant_id::text as name from seen where tenant_id is not null`;
}
