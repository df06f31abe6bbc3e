import type { Fence } from '#adapters/postgres/fence.js';
import type { Foundation } from '#adapters/postgres/foundation.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { HomeLedger } from '#catalog/fleet/home-ledger.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const DATABASES_AT_ONCE = 4;

/** What was done: databases that were given tenancy.sql, fences that were sealed, and what was passed over. */
export interface KeptDatabases {
  readonly founded: string[];
  readonly sealed: number;
  /** Tenants that are being made, whose creation goes on by itself, and tenants on clusters that are not configured here. */
  readonly skipped: { readonly provisioning: number; readonly elsewhere: number };
  readonly failures: { target: string; error: string }[];
}

export interface DatabaseKeeperParts {
  readonly clusters: ClusterBook;
  readonly homes: HomeMigrations;
  readonly fences: Fence;
  readonly foundation: Foundation;
  readonly ledger: HomeLedger;
}

/**
 * Brings every tenant's database to the newest tenancy.sql, its fence to the catalog's epoch, and the catalog's ledger to what its homes say of
 * themselves. One database's failure is reported and stops no other.
 */
export class DatabaseKeeper {
  constructor(private readonly parts: DatabaseKeeperParts) {}

  async keep(tenants: readonly Tenant[]): Promise<KeptDatabases> {
    const made = tenants.filter(({ status }) => status !== 'provisioning');
    const known = new Set((await this.parts.clusters.all()).map(({ name }) => name));
    const here = made.filter(({ placement }) => known.has(placement.cluster));
    const kept = {
      founded: [] as string[],
      sealed: 0,
      skipped: { provisioning: tenants.length - made.length, elsewhere: made.length - here.length },
      failures: [] as { target: string; error: string }[],
    };
    const databases = [...Map.groupBy(here, ({ placement }) => `${placement.cluster}/${placement.database}`).entries()];
    const worker = async (): Promise<void> => {
      for (let next = databases.pop(); next; next = databases.pop()) {
        const [target, residents] = next;
        await this.#keep(residents, kept).catch((error: unknown) => kept.failures.push({ target, error: String(error) }));
      }
    };
    await Promise.all(Array.from({ length: DATABASES_AT_ONCE }, worker));
    return kept;
  }

  async #keep(residents: Tenant[], kept: KeptDatabases & { sealed: number }): Promise<void> {
    const [first] = residents;
    if (!first) return;
    const { clusters, homes, fences, foundation, ledger } = this.parts;
    const { cluster, database } = first.placement;
    const { migratorUrl, provisionUrl } = await clusters.named(cluster);
    await withSession(atDatabase(migratorUrl, database), async (migrator) => {
      if (!(await foundation.isCurrent(migrator))) {
        await withSession(atDatabase(provisionUrl, database), (provisioning) => foundation.lay(provisioning));
        kept.founded.push(`${cluster}/${database}`);
      }
      const lived = new Set(residents.map(({ placement }) => placement.schema));
      const versions = await homes.versions(migrator, [...lived]);
      await ledger.note([...versions].map(([home, version]) => ({ cluster, database, home, ...version })));
      const stale = await fences.stale(migrator, residents);
      for (const tenant of stale) await fences.seal(migrator, tenant);
      kept.sealed += stale.length;
    });
  }
}
