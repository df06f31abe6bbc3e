import pg from 'pg';
import type { Cluster } from '#control/provisioning/cluster.js';
import { clusterNamed } from '#control/provisioning/cluster.js';
import { atDatabase } from '#adapters/postgres/session.js';
import { same } from './model-difference.error.js';
import { rowOf, type ModelTenant } from './model-tenant.js';

type Row = { tenant_id: string; id: string; title: string };

/** Looks at the tables past every policy, as a superuser can, home by home. Close it. */
export class ModelDatabase {
  readonly #sessions = new Map<string, pg.Client>();

  constructor(private readonly clusters: readonly Cluster[]) {}

  /** Raises ModelDifferenceError unless each tenant's home holds the model's rows, and none of its rows are anybody else's. */
  async compare(tenants: readonly ModelTenant[]): Promise<void> {
    for (const me of tenants) {
      const { kind, schema } = me.tenant.placement;
      const rows = await this.#rows(me);
      const mine = rows.filter((row) => row.tenant_id === me.tenant.id);
      same(`rows of ${me.tenant.slug} in its home`, me.sorted(), mine.map(rowOf));
      const marked = rows.filter((row) => row.tenant_id !== me.tenant.id && row.title.startsWith(`${me.tenant.slug}:`));
      same(`rows of ${me.tenant.slug} under another tenant's id in ${schema}`, [], marked);
      if (kind !== 'row') same(`rows of others in ${schema}, the home of ${me.tenant.slug}`, mine.length, rows.length);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => session.end()));
  }

  async #rows({ tenant: { placement } }: ModelTenant): Promise<Row[]> {
    const { rows } = await (
      await this.#session(placement.cluster, placement.database)
    ).query<Row>(`select tenant_id, id, title, status, version from ${pg.escapeIdentifier(placement.schema)}.tickets order by id`);
    return rows;
  }

  async #session(cluster: string, database: string): Promise<pg.Client> {
    const key = `${cluster}/${database}`;
    const known = this.#sessions.get(key);
    if (known) return known;
    const session = new pg.Client(atDatabase(clusterNamed(cluster, this.clusters).provisionUrl, database));
    // The tenant's database goes away with the tenant, and this session with it.
    session.on('error', () => undefined);
    this.#sessions.set(key, session);
    await session.connect();
    return session;
  }
}
