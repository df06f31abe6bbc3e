import type pg from 'pg';
import type { Fence } from '#adapters/postgres/fence.js';
import type { Foundation } from '#adapters/postgres/foundation.js';
import { seenHomes, type HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { atDatabase, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { HomeLedger } from '#catalog/fleet/home-ledger.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { SHARED_SCHEMA } from '#control/provisioning/placer.js';
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

  /** Notes what the shared home of every server says of itself, also when nobody lives there yet: who comes must not find it behind. Gives failures. */
  async keepShared(): Promise<KeptDatabases['failures']> {
    const { clusters } = this.parts;
    const failures: KeptDatabases['failures'] = [];
    for (const { name } of (await clusters.all()).filter(({ kind }) => kind === 'shared'))
      await this.#keepShared(await clusters.named(name)).catch((error: unknown) => failures.push({ target: name, error: String(error) }));
    return failures;
  }

  #keepShared({ name, appUrl, migratorUrl }: Cluster): Promise<void> {
    const database = new URL(appUrl).pathname.slice(1);
    return withSession(atDatabase(migratorUrl, database), (migrator) => this.#note(migrator, name, database, [SHARED_SCHEMA]));
  }

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
    const { clusters, fences, foundation } = this.parts;
    const { cluster, database } = first.placement;
    const { migratorUrl, provisionUrl } = await clusters.named(cluster);
    await withSession(atDatabase(migratorUrl, database), async (migrator) => {
      if (!(await foundation.isCurrent(migrator))) {
        const isLaid = await withSession(atDatabase(provisionUrl, database), (provisioning) => foundation.layIfOther(provisioning));
        if (isLaid) kept.founded.push(`${cluster}/${database}`);
      }
      const stale = await fences.stale(migrator, residents);
      for (const tenant of stale) await fences.seal(migrator, tenant);
      kept.sealed += stale.length;
      await this.#note(migrator, cluster, database, [...new Set(residents.map(({ placement }) => placement.schema))]);
    });
  }

  /** What homes say of themselves. Where the ledger says more it is set right in the home's turn: a migration may be under way. */
  async #note(migrator: pg.Client, cluster: string, database: string, names: readonly string[]): Promise<void> {
    const { homes, ledger } = this.parts;
    const seen = await seenHomes(homes, migrator, { cluster, database }, names);
    await ledger.note(seen);
    for (const { home } of await ledger.differing(seen))
      await inTransaction(migrator, async () => {
        await homes.turn(migrator, home);
        await ledger.correct(await seenHomes(homes, migrator, { cluster, database }, [home]));
      });
  }
}
