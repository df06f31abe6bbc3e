import type pg from 'pg';
import type { Fence } from '#adapters/postgres/fence.js';
import type { KeptSessions } from '#adapters/postgres/kept-sessions.js';
import type { PlaceDriver } from '#adapters/postgres/place-driver.js';
import { atDatabase, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Place } from '#control/provisioning/isolation-layer.js';
import { IsolationNotVerifiedError } from '#control/provisioning/provisioning.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Rows among those of others: the place is there already, and only what is the tenant's goes. */
export class RowPlaces implements PlaceDriver {
  constructor(
    private readonly fences: Fence,
    private readonly sessions: KeptSessions,
  ) {}

  make(): Promise<void> {
    return Promise.resolve();
  }

  claim(): Promise<void> {
    return Promise.resolve();
  }

  async verify(tenant: Tenant, cluster: Cluster): Promise<void> {
    const isStale = await this.sessions.run(atDatabase(cluster.migratorUrl, tenant.placement.database), (migrator) =>
      this.fences.stale(migrator, [tenant]),
    );
    if (isStale.length > 0) throw new IsolationNotVerifiedError(tenant.id, 'its fence is not there');
  }

  /** As provisioning: the policies bind everybody else, and the order of foreign keys does not matter when every row goes. */
  async unmake(place: Place, cluster: Cluster, tenant: Tenant | null): Promise<void> {
    if (!tenant) return;
    await withSession(atDatabase(cluster.provisionUrl, place.database), (provisioning) =>
      inTransaction(provisioning, async () => {
        await provisioning.query('select tenancy.revoke_auditors($1)', [tenant.id]);
        await this.fences.remove(provisioning, tenant);
        await provisioning.query('set local session_replication_role = replica');
        for (const name of await tablesOf(provisioning, place.schema))
          await provisioning.query(`delete from ${name} where tenant_id = $1`, [tenant.id]);
        await provisioning.query('select tenancy.forget($1)', [tenant.id]);
      }),
    );
  }

  remains({ id, placement }: Tenant, cluster: Cluster): Promise<string[]> {
    return withSession(atDatabase(cluster.provisionUrl, placement.database), async (provisioning) => {
      const tables = [...(await tablesOf(provisioning, placement.schema)), 'tenancy.fence', 'tenancy.auditor', 'tenancy.outbox'];
      const looks = tables.map((name) => `(select '${name}' as name from ${name} where tenant_id = $1 limit 1)`);
      const { rows } = await provisioning.query<{ name: string }>(looks.join(' union all '), [id]);
      return rows.map(({ name }) => `rows in ${name}`);
    });
  }
}

/** The tables of a schema that hold rows of tenants, as SQL names. */
async function tablesOf(session: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await session.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p')`,
    [schema],
  );
  return rows.map(({ name }) => name);
}
