import pg from 'pg';
import type { Fence } from '#adapters/postgres/fence.js';
import type { DatabaseKeeper } from '#adapters/postgres/database-keeper.js';
import { seenHomes, type HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { homeOf, targetOf, type Home, type HomeLedger } from '#catalog/fleet/home-ledger.js';
import type { HomeDrift, Homes } from '#control/doctor/checks/homes.check.js';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { reachBy } from '#control/fleet/fleet-plan.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

export interface PostgresHomesParts {
  readonly clusters: Pick<ClusterBook, 'named'>;
  readonly homes: HomeMigrations;
  readonly fences: Fence;
  readonly keeper: DatabaseKeeper;
  readonly ledger: Pick<HomeLedger, 'differing' | 'due'>;
}

type Problem = Pick<HomeDrift, 'problem' | 'isMendable'>;

/** SQLSTATE of who waited for a lock. */
const LOCKED = '55P03';

/** Raised when a table was in use for as long as a migration may hold up those who come after it; the steps before are on record. */
export class HomeInUseError extends Error {
  override readonly name = 'HomeInUseError';

  constructor(
    target: string,
    override readonly cause: unknown,
  ) {
    super(`a table of ${target} is in use, and a migration waits ${String(RUN_DEFAULTS.lockTimeoutMs)} ms for it: do it again later`);
  }
}

/** Holds fences, migrations and what the ledger says of these against what they should be, one session a database. */
export class PostgresHomes implements Homes {
  constructor(private readonly parts: PostgresHomesParts) {}

  async drift(tenants: readonly Tenant[]): Promise<HomeDrift[]> {
    const found: HomeDrift[] = [];
    const homes = await this.#reached();
    for (const residents of Map.groupBy(tenants, ({ placement }) => `${placement.cluster}/${placement.database}`).values())
      found.push(...(await this.#look(residents, homes)));
    return found;
  }

  async bring(tenant: Tenant): Promise<void> {
    const { cluster, database, schema } = tenant.placement;
    const { migratorUrl } = await this.parts.clusters.named(cluster);
    // The ground first, what stands on it next, and then what is known of it.
    await this.#keep(tenant);
    await withSession(atDatabase(migratorUrl, database), async (session) => {
      const version = (await this.parts.homes.versions(session, [schema])).get(schema)?.version ?? '';
      if (this.#isAhead(version)) return;
      const homes = (await this.#reached()).waiting(RUN_DEFAULTS.lockTimeoutMs);
      await homes.apply(session, schema).catch((error: unknown) => {
        throw error instanceof pg.DatabaseError && error.code === LOCKED
          ? new HomeInUseError(targetOf(homeOf(tenant.placement)), error)
          : error;
      });
    });
    await this.#keep(tenant);
  }

  /** As far as the fleet may go now: nothing is taken away in one home before every other has had what is before it. */
  async #reached(): Promise<HomeMigrations> {
    const { homes, ledger } = this.parts;
    return homes.upTo(await reachBy(ledger, homes.line));
  }

  async #keep(tenant: Tenant): Promise<void> {
    const [failure] = (await this.parts.keeper.keep([tenant])).failures;
    if (failure) throw new Error(`${failure.target}: ${failure.error}`);
  }

  async #look(residents: readonly Tenant[], homes: HomeMigrations): Promise<HomeDrift[]> {
    const [first] = residents;
    if (!first) return [];
    const { cluster, database } = first.placement;
    try {
      const { migratorUrl } = await this.parts.clusters.named(cluster);
      return await withSession(atDatabase(migratorUrl, database), async (session) => {
        const stale = await this.parts.fences.stale(session, residents);
        const living = Map.groupBy(residents, ({ placement }) => placement.schema);
        const problems = await this.#problems(session, first.placement, new Set(living.keys()), homes);
        return [
          ...stale.map((tenant) => ofOne(tenant, { problem: 'its fence is not the one of its epoch and status', isMendable: true })),
          ...[...living].flatMap(([home, tenants]) => (problems.get(home) ?? []).flatMap((problem) => ofHome(tenants, problem))),
        ];
      });
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown';
      return residents.map((tenant) => ofOne(tenant, { problem: `its database cannot be asked (${reason})`, isMendable: false }));
    }
  }

  /** Of homes in one database, by their names. */
  async #problems(
    session: pg.Client,
    place: Pick<Home, 'cluster' | 'database'>,
    names: ReadonlySet<string>,
    homes: HomeMigrations,
  ): Promise<Map<string, Problem[]>> {
    const { ledger } = this.parts;
    const problems = new Map([...names].map((name) => [name, [] as Problem[]]));
    const seen = await seenHomes(homes, session, place, [...names]);
    const versions = new Map(seen.map(({ home, version }) => [home, version]));
    const lacked = await homes.due(session, [...names]);
    for (const name of names) {
      const version = versions.get(name) ?? '';
      if (this.#isAhead(version)) {
        const problem = `has had ${version}, which this build does not know: it takes a newer one`;
        problems.get(name)?.push({ problem, isMendable: false });
        continue;
      }
      const due = lacked.get(name) ?? [];
      if (due.length > 0) problems.get(name)?.push({ problem: `has not had ${due.join(', ')}`, isMendable: true });
    }
    for (const { home, noted } of await ledger.differing(seen)) {
      const problem = `the ledger says ${noted}, it has ${versions.get(home) ?? ''}`;
      problems.get(home)?.push({ problem, isMendable: true });
    }
    return problems;
  }

  #isAhead(version: string): boolean {
    return version > this.parts.homes.newest;
  }
}

function ofOne(tenant: Tenant, problem: Problem): HomeDrift {
  return { tenants: [tenant], shared: null, ...problem };
}

/** One for all who live there. */
function ofHome(residents: readonly Tenant[], problem: Problem): HomeDrift[] {
  const [first, ...others] = residents;
  if (!first) return [];
  const shared = first.placement.kind === 'row' ? targetOf(homeOf(first.placement)) : null;
  return [{ tenants: [first, ...others], shared, ...problem }];
}
