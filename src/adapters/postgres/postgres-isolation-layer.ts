import type pg from 'pg';
import { ClusterFences } from '#adapters/postgres/cluster-fences.js';
import type { DatabaseMaker } from '#adapters/postgres/database-maker.js';
import type { Fence } from '#adapters/postgres/fence.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Making and unmaking what one kind of placement needs, beside the fence. */
interface Work {
  prepare(tenant: Tenant, cluster: Cluster): Promise<void>;
  undo(tenant: Tenant, cluster: Cluster): Promise<void>;
}

/** Makes places for tenants on PostgreSQL: rows need nothing, a schema is replayed in one transaction, a database is made from a template. */
export class PostgresIsolationLayer implements IsolationLayer {
  readonly #work: Record<PlacementKind, Work>;

  constructor(
    private readonly clusters: ClusterBook,
    private readonly fences: Fence,
    homes: HomeMigrations,
    databases: DatabaseMaker,
  ) {
    const replay = (session: pg.Client, tenant: Tenant): Promise<unknown> => homes.apply(session, tenant.placement.schema);
    this.#work = {
      row: {
        prepare: () => Promise.resolve(),
        undo: (tenant, cluster) => this.#at(cluster.provisionUrl, tenant, (session) => this.#deleteRows(session, tenant)),
      },
      schema: {
        prepare: (tenant, cluster) => this.#at(cluster.migratorUrl, tenant, (session) => replay(session, tenant)),
        undo: (tenant, cluster) => this.#at(cluster.migratorUrl, tenant, (session) => this.#dropSchema(session, tenant)),
      },
      database: databases,
    };
  }

  async prepare(tenant: Tenant): Promise<void> {
    await this.#work[tenant.placement.kind].prepare(tenant, await this.clusters.named(tenant.placement.cluster));
    await this.fence(tenant);
  }

  async undo(tenant: Tenant): Promise<void> {
    await this.#work[tenant.placement.kind].undo(tenant, await this.clusters.named(tenant.placement.cluster));
  }

  fence(tenant: Tenant): Promise<void> {
    return new ClusterFences(this.clusters, this.fences).fence(tenant);
  }

  async #at(url: string, tenant: Tenant, work: (session: pg.Client) => Promise<unknown>): Promise<void> {
    await withSession(atDatabase(url, tenant.placement.database), work);
  }

  /** As provisioning: the policies bind everybody else, and the order of foreign keys does not matter when every row goes. */
  #deleteRows(provisioning: pg.Client, tenant: Tenant): Promise<void> {
    return inTransaction(provisioning, async () => {
      await provisioning.query('select tenancy.revoke_auditors($1)', [tenant.id]);
      await this.fences.remove(provisioning, tenant);
      await provisioning.query('set local session_replication_role = replica');
      const { rows } = await provisioning.query<{ name: string }>(
        `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
         where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')`,
        [tenant.placement.schema],
      );
      for (const { name } of rows) await provisioning.query(`delete from ${name} where tenant_id = $1`, [tenant.id]);
      await provisioning.query('select tenancy.forget($1)', [tenant.id]);
    });
  }

  #dropSchema(migrator: pg.Client, tenant: Tenant): Promise<void> {
    return inTransaction(migrator, async () => {
      await migrator.query('select tenancy.revoke_auditors($1)', [tenant.id]);
      await this.fences.remove(migrator, tenant);
      await migrator.query('delete from tenancy.migration where home = $1', [tenant.placement.schema]);
      await migrator.query('select tenancy.forget($1)', [tenant.id]);
      await migrator.query('set local role tenantry_owner');
      await migrator.query(`drop schema if exists ${identifier(tenant.placement.schema)} cascade`);
    });
  }
}
