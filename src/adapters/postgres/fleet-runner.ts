import type { Fence } from '#adapters/postgres/fence.js';
import type { Foundation } from '#adapters/postgres/foundation.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { SHARED_SCHEMA } from '#control/provisioning/placer.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const DATABASES_AT_ONCE = 4;

/** What a run did: databases that were given tenancy.sql, homes that were migrated, fences that were sealed, and what was passed over. */
export interface FleetRun {
  readonly founded: string[];
  readonly migrated: string[];
  readonly sealed: number;
  /** Tenants that are being made, whose creation goes on by itself, and tenants on clusters that are not configured here. */
  readonly skipped: { readonly provisioning: number; readonly elsewhere: number };
  readonly failures: { target: string; error: string }[];
}

/**
 * Brings every tenant's database to the newest tenancy.sql, its home to the newest migration and its fence to the catalog's epoch.
 * One tenant's failure is reported and stops nobody else.
 */
export class FleetRunner {
  constructor(
    private readonly clusters: ClusterBook,
    private readonly homes: HomeMigrations,
    private readonly fences: Fence,
    private readonly foundation: Foundation,
  ) {}

  async run(tenants: readonly Tenant[]): Promise<FleetRun> {
    const made = tenants.filter(({ status }) => status !== 'provisioning');
    const known = new Set((await this.clusters.all()).map(({ name }) => name));
    const here = made.filter(({ placement }) => known.has(placement.cluster));
    const run = {
      founded: [] as string[],
      migrated: [] as string[],
      sealed: 0,
      skipped: { provisioning: tenants.length - made.length, elsewhere: made.length - here.length },
      failures: [] as { target: string; error: string }[],
    };
    const databases = [...Map.groupBy(here, ({ placement }) => `${placement.cluster}/${placement.database}`).entries()];
    const worker = async (): Promise<void> => {
      for (let next = databases.pop(); next; next = databases.pop()) {
        const [target, residents] = next;
        await this.#bring(residents, run).catch((error: unknown) => run.failures.push({ target, error: String(error) }));
      }
    };
    await Promise.all(Array.from({ length: DATABASES_AT_ONCE }, worker));
    return run;
  }

  async #bring(residents: Tenant[], run: FleetRun & { sealed: number }): Promise<void> {
    const [first] = residents;
    if (!first) return;
    const { cluster, database } = first.placement;
    const { migratorUrl, provisionUrl } = await this.clusters.named(cluster);
    await withSession(atDatabase(migratorUrl, database), async (migrator) => {
      if (!(await this.foundation.isCurrent(migrator))) {
        await withSession(atDatabase(provisionUrl, database), (provisioning) => this.foundation.lay(provisioning));
        run.founded.push(`${cluster}/${database}`);
      }
      const homes = new Set(residents.map(({ placement }) => placement.schema).filter((schema) => schema !== SHARED_SCHEMA));
      for (const home of homes) {
        const target = `${cluster}/${database}/${home}`;
        try {
          if ((await this.homes.apply(migrator, home)).length > 0) run.migrated.push(target);
        } catch (error) {
          run.failures.push({ target, error: String(error) });
        }
      }
      const stale = await this.fences.stale(migrator, residents);
      for (const tenant of stale) await this.fences.seal(migrator, tenant);
      run.sealed += stale.length;
    });
  }
}
