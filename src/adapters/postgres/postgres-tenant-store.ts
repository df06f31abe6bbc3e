import type pg from 'pg';
import { dropHome } from '#adapters/postgres/homes/home-turn.js';
import { TenantTraces, type TracedRows } from '#adapters/postgres/tenant-traces.js';
import { placeTurn } from '#adapters/postgres/place-turn.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { OWN_DATABASE_SCHEMA, SHARED_SCHEMA } from '#control/provisioning/placer.js';
import { SecretNotFoundError } from '#kernel/isolation/secret-source.js';

const ROWS_AT_ONCE = 10_000;

/** What the catalog knows: which databases of a cluster are others' own, so that they are not opened, and which logins were made for a tenant. */
export interface NotedPlaces {
  databasesOfOthers(tenantId: string, cluster: string): Promise<ReadonlySet<string>>;
  rolesOf(tenantId: string): Promise<readonly string[]>;
}

/**
 * What a tenant has on the PostgreSQL servers of all shared clusters, whichever it was placed on last, and on one that it brought: rows with its
 * id in any table of the shared database, schemas and databases of its opaque name or that say they are its own, their logins, and what is kept
 * beside its home. Other customers' servers are not looked at.
 */
export class PostgresTenantStore implements TenantStore {
  readonly name = 'postgresql';

  constructor(
    private readonly clusters: ClusterBook,
    private readonly noted: NotedPlaces,
  ) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const findings: StoreFinding[] = [];
    for (const cluster of await this.#clustersOf(tenant)) {
      const found = await this.#look(tenant, cluster, async (_session, traces) => {
        const named = [
          ...(await traces.databases()).map((name) => `database ${name}`),
          ...(await traces.schemas()).map((name) => `schema ${name}`),
          ...(await traces.roles()).map((name) => `role ${name}`),
        ].map((kind) => ({ kind, count: 1 }));
        return [...named, ...(await traces.rows())];
      });
      findings.push(...found.map(({ kind, count }) => ({ kind: `${kind} on ${cluster.name}`, count })));
    }
    return findings;
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    for (const cluster of await this.#clustersOf(tenant))
      await this.#look(tenant, cluster, async (session, traces) => {
        // Policies and the triggers that keep the record bind everybody else; a whole tenant has no order of foreign keys to keep.
        await session.query('set session_replication_role = replica');
        await traces.endAuditors();
        const roles = await traces.roles();
        for (const role of roles) await shut(session, role);
        for (const database of await traces.databases())
          await placeTurn(cluster.provisionUrl, database, (provisioning) =>
            provisioning.query(`drop database if exists ${identifier(database)} with (force)`),
          );
        for (const schema of await traces.schemas()) {
          await dropHome(session, schema);
        }
        for (const traced of await traces.rows()) await deleteRows(session, traced, tenant.id);
        for (const role of roles) await dropRole(session, role);
      });
  }

  /** A server that the tenant brought is not looked at once what opens it was taken away too, which comes after it was found empty. */
  async #clustersOf({ placement }: ErasedTenant): Promise<Cluster[]> {
    const found: Cluster[] = [];
    for (const { name, kind } of await this.clusters.all()) {
      if (kind === 'own' && name !== placement.cluster) continue;
      try {
        found.push(await this.clusters.named(name));
      } catch (error) {
        if (!(kind === 'own' && error instanceof SecretNotFoundError)) throw error;
      }
    }
    return found;
  }

  /** In the shared database, where there is one. */
  #look<T>(tenant: ErasedTenant, cluster: Cluster, work: (session: pg.Client, traces: TenantTraces) => Promise<T>): Promise<T> {
    const shared = new URL(cluster.appUrl).pathname.slice(1);
    const url = cluster.kind === 'own' ? cluster.provisionUrl : atDatabase(cluster.provisionUrl, shared);
    return withSession(url, async (session) => {
      const known = await session.query<{ is_shared: boolean }>(`select to_regclass('tenancy.fence') is not null as is_shared`);
      const traces = new TenantTraces(session, {
        tenantId: tenant.id,
        opaque: opaqueNames(tenant, shared),
        roles: await this.noted.rolesOf(tenant.id),
        provisionUrl: cluster.provisionUrl,
        others: await this.noted.databasesOfOthers(tenant.id, cluster.name),
        isShared: known.rows[0]?.is_shared === true,
      });
      return work(session, traces);
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
