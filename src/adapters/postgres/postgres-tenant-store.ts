import type pg from 'pg';
import { TenantTraces, type TracedRows } from '#adapters/postgres/tenant-traces.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { OWN_DATABASE_SCHEMA, SHARED_SCHEMA } from '#control/provisioning/placer.js';

const ROWS_AT_ONCE = 10_000;

/** The databases of a cluster that are known to be other tenants' own, so that they are not opened. */
export type HomesOfOthers = (tenantId: string, cluster: string) => Promise<ReadonlySet<string>>;

/**
 * What a tenant has on the PostgreSQL servers of all clusters, whichever it was placed on last, and on its own if it brought one: rows with
 * its id in any table of the shared database, schemas and databases of its opaque name or that say they are its own, their logins, and
 * what is kept beside its home.
 */
export class PostgresTenantStore implements TenantStore {
  readonly name = 'postgresql';

  constructor(
    private readonly clusters: (tenant: ErasedTenant) => Promise<readonly Cluster[]>,
    private readonly homesOfOthers: HomesOfOthers,
  ) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const findings: StoreFinding[] = [];
    for (const cluster of await this.clusters(tenant)) {
      const found = await this.#look(tenant, cluster, async (shared, traces) => {
        const databases = await traces.databases();
        const named = [
          ...databases.map((name) => `database ${name}`),
          ...(await traces.schemas(shared)).map((name) => `schema ${name}`),
          ...(await traces.roles(shared, databases)).map((name) => `role ${name}`),
        ].map((kind) => ({ kind, count: 1 }));
        return [...named, ...(await traces.rows(shared))];
      });
      findings.push(...found.map(({ kind, count }) => ({ kind: `${kind} on ${cluster.name}`, count })));
    }
    return findings;
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    for (const cluster of await this.clusters(tenant))
      await this.#look(tenant, cluster, async (shared, traces) => {
        // Policies and the triggers that keep the record bind everybody else; a whole tenant has no order of foreign keys to keep.
        await shared.query('set session_replication_role = replica');
        const databases = await traces.databases();
        await traces.endAuditors(databases);
        const roles = await traces.roles(shared, databases);
        for (const role of roles) await shut(shared, role);
        for (const database of databases) await shared.query(`drop database if exists ${identifier(database)} with (force)`);
        for (const schema of await traces.schemas(shared)) {
          await shared.query(`drop schema if exists ${identifier(schema)} cascade`);
          await shared.query('delete from tenancy.migration where home = $1', [schema]);
        }
        for (const traced of await traces.rows(shared)) await deleteRows(shared, traced, tenant.id);
        for (const role of roles) await dropRole(shared, role);
      });
  }

  #look<T>(tenant: ErasedTenant, cluster: Cluster, work: (shared: pg.Client, traces: TenantTraces) => Promise<T>): Promise<T> {
    const database = new URL(cluster.appUrl).pathname.slice(1);
    return withSession(atDatabase(cluster.provisionUrl, database), async (shared) => {
      const others = await this.homesOfOthers(tenant.id, cluster.name);
      return work(shared, new TenantTraces(tenant.id, opaqueNames(tenant, database), cluster.provisionUrl, shared, others));
    });
  }
}

/** What occurs in the names of everything that was made for the tenant alone; none for one that has only rows. */
function opaqueNames({ placement }: ErasedTenant, shared: string): string[] {
  const common = new Set([SHARED_SCHEMA, OWN_DATABASE_SCHEMA, shared]);
  return [placement.schema, placement.database].filter((name) => !common.has(name)).map((name) => name.split('_').at(-1) as string);
}

/** Nobody signs in by it again, and who has is thrown out: a database that is in use is not dropped from under a session that reconnects. */
async function shut(shared: pg.Client, role: string): Promise<void> {
  await shared.query(`alter role ${identifier(role)} nologin`);
  await shared.query('select pg_terminate_backend(pid) from pg_stat_activity where usename = $1', [role]);
}

async function dropRole(shared: pg.Client, role: string): Promise<void> {
  await shared.query(`drop owned by ${identifier(role)}`);
  await shared.query(`drop role ${identifier(role)}`);
}

/** In bounded pieces, each kept: a large tenant holds up nobody, and what is gone stays gone when it is interrupted. */
async function deleteRows(shared: pg.Client, { table, which }: TracedRows, tenantId: string): Promise<void> {
  for (;;) {
    const { rowCount } = await shared.query(
      `delete from ${table} where ctid = any(array(select ctid from ${table} where ${which} limit ${String(ROWS_AT_ONCE)}))`,
      [tenantId],
    );
    if ((rowCount ?? 0) < ROWS_AT_ONCE) return;
  }
}
