import pg from 'pg';
import type { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMissingError, type HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { homeFailure, isPassing } from '#adapters/postgres/homes/home-failure.js';
import { migrateTogether, type Together } from '#adapters/postgres/homes/homes-together.js';
import { LaneSession, NoSessionError } from '#adapters/postgres/homes/lane-session.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { fingerprintsBy } from '#adapters/postgres/truth/postgres-home-truth.js';
import { unlessAborted } from '#adapters/postgres/homes/unless-aborted.js';
import type { Home, HomeVersion } from '#catalog/fleet/home-ledger.js';
import type { HomeLane, HomeMigrator, HomeOutcome, Patience } from '#control/fleet/home-migrator.js';
import type { HomeTruth } from '#control/fleet/home-truth.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';

export interface PostgresHomeMigratorParts {
  readonly clusters: Pick<ClusterBook, 'named'>;
  readonly homes: HomeMigrations;
  readonly foundation: Foundation;
  readonly truth: Pick<HomeTruth, 'reference'>;
}

/** Migrates homes on PostgreSQL: many schemas of one database in one transaction where that is safe, else one by one. */
export class PostgresHomeMigrator implements HomeMigrator {
  constructor(private readonly parts: PostgresHomeMigratorParts) {}

  get line(): HomeMigrations['line'] {
    return this.parts.homes.line;
  }

  lane(cluster: string, version: string): HomeLane {
    return new PostgresHomeLane(this.parts, cluster, this.parts.homes.upTo(version));
  }
}

class PostgresHomeLane implements HomeLane {
  readonly #session = new LaneSession((database) => this.#open(database));
  /** Of the kinds of homes, which are few; no longer than this lane goes, because a signature names things by numbers that may be another's later. */
  readonly #hashes = new Map<string, string>();

  constructor(
    private readonly parts: PostgresHomeMigratorParts,
    private readonly cluster: string,
    private readonly homes: HomeMigrations,
  ) {}

  async *migrate(homes: readonly Home[], patience: Patience): AsyncGenerator<readonly HomeOutcome[]> {
    for (const [database, there] of Map.groupBy(homes, (home) => home.database)) yield* this.#migrateThere(database, there, patience);
  }

  async *#migrateThere(
    database: string,
    homes: readonly Home[],
    { lockTimeoutMs, signal }: Patience,
  ): AsyncGenerator<readonly HomeOutcome[]> {
    const at = (home: string): Home => ({ cluster: this.cluster, database, home });
    const patient = this.homes.waiting(lockTimeoutMs);
    let left = homes.map(({ home }) => home);
    try {
      for (let isGoingOn = true; isGoingOn;) {
        const { done, further, missing, rest } = await this.#together(database, left, signal);
        const isMissing = (home: string): HomeOutcome => failed(at(home), new HomeMissingError(home));
        if (done.length + missing.length > 0) yield [...done.map((home) => this.#migrated(at(home))), ...missing.map(isMissing)];
        left = [...further, ...rest];
        isGoingOn = further.length > 0;
      }
      for (; left[0] !== undefined; left = left.slice(1)) yield [await this.#alone(at(left[0]), patient, signal)];
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NoSessionError)) throw error;
      yield left.map((home) => failed(at(home), error));
    }
  }

  async check(homes: readonly Home[], signal: AbortSignal): Promise<readonly HomeOutcome[]> {
    const [{ database } = { database: '' }] = homes;
    const names = homes.map(({ home }) => home);
    try {
      const golden = await unlessAborted(this.parts.truth.reference(this.cluster, this.homes.newest), signal);
      const look = async (session: pg.Client): Promise<ReadonlySet<string>> => {
        const found = await fingerprintsBy(session, names, this.#hashes);
        const others = names.filter((name) => found.get(name) !== golden);
        const ahead = others.length > 0 ? await this.homes.versions(session, others) : new Map<string, HomeVersion>();
        return new Set(others.filter((name) => (ahead.get(name)?.version ?? '') <= this.homes.newest));
      };
      // What a newer build has brought on further is that build's to hold against its own.
      const drifted = await this.#session.use(database, 0, look, signal);
      return homes.map((home): HomeOutcome => {
        if (!drifted.has(home.home)) return { home, state: 'checked' };
        const error = 'fleet.drifted: it had every migration and is not as they leave it; `fleet verify` names the difference';
        return { home, state: 'failed', error, isPassing: false };
      });
    } catch (error) {
      signal.throwIfAborted();
      return homes.map((home) => failed(home, error));
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** What cannot be done together, for whatever reason, is done one by one, where each has its own reason. Raises NoSessionError. */
  async #together(database: string, names: readonly string[], signal: AbortSignal): Promise<Together> {
    try {
      return await this.#session.use(database, names.length, (session) => migrateTogether(session, names, this.homes), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NoSessionError) throw error;
      return { done: [], further: [], missing: [], rest: names };
    }
  }

  /** Raises NoSessionError, which is not this home's alone. */
  async #alone(home: Home, migrations: HomeMigrations, signal: AbortSignal): Promise<HomeOutcome> {
    let at: HomeVersion | undefined;
    const bring = async (session: pg.Client): Promise<void> => {
      try {
        await migrations.bring(session, home.home, signal);
      } catch (error) {
        // The steps before the one that failed it has had.
        if (error instanceof pg.DatabaseError) at = await this.#versionOf(session, home.home);
        throw error;
      }
    };
    try {
      await this.#session.use(home.database, 1, bring, signal);
      return this.#migrated(home);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NoSessionError) throw error;
      return failed(home, error, at);
    }
  }

  #migrated(home: Home): HomeOutcome {
    return { home, state: 'migrated', at: this.homes.at };
  }

  async #versionOf(session: pg.Client, home: string): Promise<HomeVersion | undefined> {
    return (await this.parts.homes.versions(session, [home]).catch(() => null))?.get(home);
  }

  async #open(database: string): Promise<pg.Client> {
    const { clusters, foundation } = this.parts;
    const { migratorUrl, provisionUrl } = await clusters.named(this.cluster);
    const session = await LaneSession.connect(atDatabase(migratorUrl, database));
    try {
      if (!(await foundation.isCurrent(session)))
        await withSession(atDatabase(provisionUrl, database), (provisioning) => foundation.layIfOther(provisioning));
      return session;
    } catch (error) {
      await session.end().catch(() => undefined); // the first failure says why
      throw error;
    }
  }
}

function failed(home: Home, error: unknown, at?: HomeVersion): HomeOutcome {
  return { home, state: 'failed', error: homeFailure(error), isPassing: isPassing(error), ...(at && { at }) };
}
