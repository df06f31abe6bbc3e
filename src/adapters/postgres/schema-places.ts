import type pg from 'pg';
import type { Fence } from '#adapters/postgres/fence.js';
import type { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { KeptSessions } from '#adapters/postgres/kept-sessions.js';
import type { PlaceDriver } from '#adapters/postgres/place-driver.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Place } from '#control/provisioning/isolation-layer.js';
import { IsolationNotVerifiedError } from '#control/provisioning/provisioning.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Schemas of tenants' own in the shared database, each replayed in one transaction. */
export class SchemaPlaces implements PlaceDriver {
  constructor(
    private readonly fences: Fence,
    private readonly homes: HomeMigrations,
    private readonly sessions: KeptSessions,
  ) {}

  async make({ database, schema }: Place, cluster: Cluster, signal?: AbortSignal): Promise<void> {
    await withSession(atDatabase(cluster.migratorUrl, database), (migrator) => this.homes.apply(migrator, schema, signal));
  }

  /** The fence names the home. */
  claim(): Promise<void> {
    return Promise.resolve();
  }

  async verify(tenant: Tenant, cluster: Cluster): Promise<void> {
    const { database, schema } = tenant.placement;
    await this.sessions.run(atDatabase(cluster.migratorUrl, database), async (migrator) => {
      if ((await this.fences.stale(migrator, [tenant])).length > 0)
        throw new IsolationNotVerifiedError(tenant.id, 'its fence is not there');
      const { rowCount } = await migrator.query('select from tenancy.fence where home = $1 and tenant_id <> $2', [schema, tenant.id]);
      if (rowCount) throw new IsolationNotVerifiedError(tenant.id, 'its schema is the home of another');
      const applied = await this.homes.applied(migrator, schema);
      if (!applied.has(this.homes.newest)) throw new IsolationNotVerifiedError(tenant.id, 'its schema is not at the newest version');
      const { rows } = await migrator.query<{ isThere: boolean }>('select to_regnamespace($1) is not null as "isThere"', [schema]);
      if (!rows[0]?.isThere) throw new IsolationNotVerifiedError(tenant.id, 'its schema is not there');
    });
  }

  async unmake({ database, schema }: Place, cluster: Cluster, tenant: Tenant | null): Promise<void> {
    await withSession(atDatabase(cluster.migratorUrl, database), (migrator) =>
      inTransaction(migrator, async () => {
        await this.homes.turn(migrator, schema);
        if (tenant) await this.#forget(migrator, tenant);
        await migrator.query('delete from tenancy.migration where home = $1', [schema]);
        await migrator.query('set local role tenantry_owner');
        await migrator.query(`drop schema if exists ${identifier(schema)} cascade`);
      }),
    );
  }

  remains({ id, placement }: Tenant, cluster: Cluster): Promise<string[]> {
    return withSession(atDatabase(cluster.provisionUrl, placement.database), async (provisioning) => {
      const { rows } = await provisioning.query<{ trace: string }>(
        `select 'the fence' as trace from tenancy.fence where tenant_id = $1 or home = $2
         union all select 'an auditor' from tenancy.auditor where tenant_id = $1
         union all select 'jobs' from tenancy.outbox where tenant_id = $1
         union all select 'the ledger' from tenancy.migration where home = $2
         union all select 'the schema' from pg_namespace where nspname = $2`,
        [id, placement.schema],
      );
      return [...new Set(rows.map(({ trace }) => trace))];
    });
  }

  async #forget(migrator: pg.Client, tenant: Tenant): Promise<void> {
    await migrator.query('select tenancy.revoke_auditors($1)', [tenant.id]);
    await this.fences.remove(migrator, tenant);
    await migrator.query('select tenancy.forget($1)', [tenant.id]);
  }
}
