import type { Fence } from '#adapters/postgres/fence.js';
import type { DatabaseKeeper } from '#adapters/postgres/database-keeper.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { HomeDrift, Homes } from '#control/doctor/checks/homes.check.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Holds fences and migrations against what they should be, one session a database. */
export class PostgresHomes implements Homes {
  constructor(
    private readonly clusters: Pick<ClusterBook, 'named'>,
    private readonly homes: HomeMigrations,
    private readonly fences: Fence,
    private readonly keeper: DatabaseKeeper,
  ) {}

  async drift(tenants: readonly Tenant[]): Promise<HomeDrift[]> {
    const found: HomeDrift[] = [];
    for (const residents of Map.groupBy(tenants, ({ placement }) => `${placement.cluster}/${placement.database}`).values())
      found.push(...(await this.#look(residents)));
    return found;
  }

  async bring(tenant: Tenant): Promise<void> {
    const { cluster, database, schema } = tenant.placement;
    const { migratorUrl } = await this.clusters.named(cluster);
    // The ground first, what stands on it next, and then what is known of it.
    await this.#keep(tenant);
    await withSession(atDatabase(migratorUrl, database), (session) => this.homes.apply(session, schema));
    await this.#keep(tenant);
  }

  async #keep(tenant: Tenant): Promise<void> {
    const [failure] = (await this.keeper.keep([tenant])).failures;
    if (failure) throw new Error(`${failure.target}: ${failure.error}`);
  }

  async #look(residents: readonly Tenant[]): Promise<HomeDrift[]> {
    const [first] = residents;
    if (!first) return [];
    const { cluster, database } = first.placement;
    try {
      const { migratorUrl } = await this.clusters.named(cluster);
      return await withSession(atDatabase(migratorUrl, database), async (session) => {
        const stale = await this.fences.stale(session, residents);
        const due = new Map<string, string[]>();
        for (const home of new Set(residents.map(({ placement }) => placement.schema))) due.set(home, await this.homes.due(session, home));
        const behind = residents.flatMap((tenant) => {
          const lacked = due.get(tenant.placement.schema) ?? [];
          return lacked.length > 0 ? [{ tenant, problem: `has not had ${lacked.join(', ')}` }] : [];
        });
        return [...stale.map((tenant) => ({ tenant, problem: 'its fence is not the one of its epoch and status' })), ...behind];
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      return residents.map((tenant) => ({ tenant, problem: `its database cannot be asked (${reason})` }));
    }
  }
}
