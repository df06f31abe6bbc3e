import pg from 'pg';
import type { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMissingError, type HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { migrateTogether } from '#adapters/postgres/homes-together.js';
import { isPassing, LaneSession } from '#adapters/postgres/lane-session.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { fingerprintsBy } from '#adapters/postgres/postgres-home-truth.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import type { HomeLane, HomeMigrator, HomeOutcome, Patience } from '#control/fleet/home-migrator.js';
import type { HomeTruth } from '#control/fleet/home-truth.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { failureText } from '#kernel/jobs/job-failure.js';

export interface PostgresHomeMigratorParts {
  readonly clusters: Pick<ClusterBook, 'named'>;
  readonly homes: HomeMigrations;
  readonly foundation: Foundation;
  readonly truth: Pick<HomeTruth, 'reference'>;
}

/** Migrates homes on PostgreSQL: many schemas of one database in one transaction where that is safe, else one by one. */
export class PostgresHomeMigrator implements HomeMigrator {
  /** Of each server, for as long as this process lives; the kinds of homes are few. */
  readonly #hashes = new Map<string, Map<string, string>>();

  constructor(private readonly parts: PostgresHomeMigratorParts) {}

  get newest(): string {
    return this.parts.homes.newest;
  }

  get line(): HomeMigrations['line'] {
    return this.parts.homes.line;
  }

  lane(cluster: string, version: string): HomeLane {
    const hashes = this.#hashes.get(cluster) ?? new Map<string, string>();
    this.#hashes.set(cluster, hashes);
    return new PostgresHomeLane(this.parts, cluster, this.parts.homes.upTo(version), hashes);
  }
}

class PostgresHomeLane implements HomeLane {
  readonly #session = new LaneSession((database) => this.#open(database));

  constructor(
    private readonly parts: PostgresHomeMigratorParts,
    private readonly cluster: string,
    private readonly homes: HomeMigrations,
    private readonly hashes: Map<string, string>,
  ) {}

  async *migrate(homes: readonly Home[], { lockTimeoutMs, signal }: Patience): AsyncGenerator<HomeOutcome> {
    const [{ database } = { database: '' }] = homes;
    const names = homes.map(({ home }) => home);
    const failed = (home: string, error: string, passing: boolean): HomeOutcome => {
      return { home: { cluster: this.cluster, database, home }, state: 'failed', error, isPassing: passing };
    };
    const migrated = (home: string): HomeOutcome => ({
      home: { cluster: this.cluster, database, home },
      state: 'migrated',
      at: this.homes.at,
    });
    const { done, missing, rest } = await this.#together(database, names);
    yield* done.map(migrated);
    yield* missing.map((home) => failed(home, textOf(new HomeMissingError(home)), false));
    const patient = this.homes.waiting(lockTimeoutMs);
    for (const home of rest) {
      signal.throwIfAborted();
      try {
        await this.#session.use(database, 1, (session) => patient.bring(session, home, signal));
      } catch (error) {
        signal.throwIfAborted();
        yield failed(home, textOf(error), isPassing(error));
        continue;
      }
      yield migrated(home);
    }
  }

  async check(homes: readonly Home[]): Promise<readonly HomeOutcome[]> {
    const [{ database } = { database: '' }] = homes;
    const names = homes.map(({ home }) => home);
    try {
      const golden = await this.parts.truth.reference(this.cluster, this.homes.newest);
      const found = await this.#session.use(database, 0, (session) => fingerprintsBy(session, names, this.hashes));
      return homes.map((home): HomeOutcome => {
        if (found.get(home.home) === golden) return { home, state: 'checked' };
        const error = 'fleet.drifted: it had every migration and is not as they leave it; `fleet verify` names the difference';
        return { home, state: 'failed', error, isPassing: false };
      });
    } catch (error) {
      return homes.map((home) => ({ home, state: 'failed', error: textOf(error), isPassing: isPassing(error) }));
    }
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  /** What cannot be done together, for whatever reason, is done one by one, where each has its own reason. */
  async #together(database: string, names: readonly string[]): Promise<Awaited<ReturnType<typeof migrateTogether>>> {
    try {
      return await this.#session.use(database, names.length, (session) => migrateTogether(session, names, this.homes));
    } catch {
      return { done: [], missing: [], rest: names };
    }
  }

  async #open(database: string): Promise<pg.Client> {
    const { clusters, foundation } = this.parts;
    const { migratorUrl, provisionUrl } = await clusters.named(this.cluster);
    const session = await LaneSession.connect(atDatabase(migratorUrl, database));
    try {
      if (!(await foundation.isCurrent(session)))
        await withSession(atDatabase(provisionUrl, database), (provisioning) => foundation.lay(provisioning));
      return session;
    } catch (error) {
      await session.end().catch(() => undefined); // the first failure says why
      throw error;
    }
  }
}

function textOf(error: unknown): string {
  if (error instanceof HomeMissingError) return error.message;
  const state = error instanceof pg.DatabaseError ? ` (${error.code ?? ''})` : '';
  return `${failureText(error)}${state}`;
}
