import type { Fence } from '#adapters/postgres/fence.js';
import type { FleetRunner } from '#adapters/postgres/fleet-runner.js';
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
    private readonly fleet: FleetRunner,
  ) {}

  async drift(tenants: readonly Tenant[]): Promise<HomeDrift[]> {
    const found: HomeDrift[] = [];
    for (const residents of Map.groupBy(tenants, ({ placement }) => `${placement.cluster}/${placement.database}`).values())
      found.push(...(await this.#look(residents)));
    return found;
  }

  async bring(tenant: Tenant): Promise<void> {
    const { failures } = await this.fleet.run([tenant]);
    const [failure] = failures;
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
        const behind: HomeDrift[] = [];
        for (const tenant of residents) {
          const due = await this.homes.due(session, tenant.placement.schema);
          if (due.length > 0) behind.push({ tenant, problem: `has not had ${due.join(', ')}` });
        }
        return [...stale.map((tenant) => ({ tenant, problem: 'its fence is not the one of its epoch and status' })), ...behind];
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      return residents.map((tenant) => ({ tenant, problem: `its database cannot be asked (${reason})` }));
    }
  }
}
