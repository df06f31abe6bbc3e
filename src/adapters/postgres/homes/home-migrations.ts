import type pg from 'pg';
import { sendConcurrently } from '#adapters/postgres/homes/concurrent-step.js';
import { LOCK_TIMEOUT_MS, sendSteps } from '#adapters/postgres/homes/home-steps.js';
import { takeTurn, withTurn } from '#adapters/postgres/homes/home-turn.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { sendToEachTenant } from '#adapters/postgres/homes/tenant-step.js';
import { atDatabase, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Home, HomeVersion } from '#catalog/fleet/home-ledger.js';

/** Raised when nothing is left of a home that tenants are said to live in: it is not made anew, which would be an empty one with a full stamp. */
export class HomeMissingError extends Error {
  override readonly name = 'HomeMissingError';

  constructor(readonly home: string) {
    super('fleet.home-missing: nothing of it is there');
  }
}

/** Brings one home (a schema of tenant tables) to the newest migration. Two that try at once take turns. */
export class HomeMigrations {
  constructor(
    readonly line: readonly MigrationStep[],
    private readonly lockTimeoutMs = LOCK_TIMEOUT_MS,
  ) {}

  /** The name of the newest migration. */
  get newest(): string {
    return this.line.at(-1)?.name ?? '';
  }

  /** What a home has that had the whole line. */
  get at(): HomeVersion {
    return { version: this.newest, needs: this.line.findLast(({ isBreaking }) => isBreaking)?.name ?? '' };
  }

  /** The same line, up to that migration. */
  upTo(version: string): HomeMigrations {
    return new HomeMigrations(
      this.line.filter(({ name }) => name <= version),
      this.lockTimeoutMs,
    );
  }

  /** The same line, whose statements wait so long for a lock. */
  waiting(lockTimeoutMs: number): HomeMigrations {
    return new HomeMigrations(this.line, lockTimeoutMs);
  }

  /**
   * A home that is not there yet is made in one transaction. One that is there has a transaction for each step, so that no lock of one is held
   * while the next reads or writes a table: it is at the newest version afterwards, or at the last whole step. Gives what was applied. Raises
   * the signal's reason when it was aborted before its turn came.
   */
  apply(migrator: pg.ClientBase, home: string, signal?: AbortSignal): Promise<string[]> {
    return this.#send(migrator, home, true, signal);
  }

  /** The same for a home that tenants live in. Raises HomeMissingError too, with its turn taken: whoever erased it meanwhile has ended. */
  bring(migrator: pg.ClientBase, home: string, signal?: AbortSignal): Promise<string[]> {
    return this.#send(migrator, home, false, signal);
  }

  async #send(migrator: pg.ClientBase, home: string, mayMake: boolean, signal?: AbortSignal): Promise<string[]> {
    const applied: string[] = [];
    for (;;) {
      const { sent, next } = await this.#sendNext(migrator, home, mayMake, signal);
      applied.push(...sent.map(({ name }) => name));
      if (!next) return applied;
      if (isSentWhole(next)) continue;
      if (await withTurn(migrator, home, () => this.#sendAlone(migrator, home, next, signal), signal)) applied.push(next.name);
    }
  }

  /** Until the transaction ends nobody else makes, changes or takes away this home. */
  turn(migrator: pg.ClientBase, home: string, signal?: AbortSignal): Promise<void> {
    return takeTurn(migrator, home, signal);
  }

  /** What was sent in one transaction, and what is due after it. */
  async #sendNext(
    migrator: pg.ClientBase,
    home: string,
    mayMake: boolean,
    signal?: AbortSignal,
  ): Promise<{ sent: MigrationStep[]; next: MigrationStep | undefined }> {
    return inTransaction(migrator, async () => {
      // Also of what says which it has had: somebody may have locked that.
      await migrator.query(`set local lock_timeout = ${String(this.lockTimeoutMs)}`);
      await takeTurn(migrator, home, signal);
      if (!mayMake && !(await this.#isThere(migrator, home))) throw new HomeMissingError(home);
      const due = await this.#due(migrator, home);
      const isMade = mayMake && due.length === this.line.length;
      const sent = isMade ? due : due.slice(0, 1).filter(isSentWhole);
      if (sent.length > 0) {
        await sendSteps(migrator, home, sent);
        await this.#record(migrator, home, sent);
      }
      return { sent, next: due[sent.length] };
    });
  }

  /** False when another sent it meanwhile. */
  async #sendAlone(migrator: pg.ClientBase, home: string, step: MigrationStep, signal?: AbortSignal): Promise<boolean> {
    if ((await this.applied(migrator, home)).has(step.name)) return false;
    if (step.isPerTenant) await sendToEachTenant(migrator, home, step, signal);
    else await sendConcurrently(migrator, home, step);
    await this.#record(migrator, home, [step]);
    return true;
  }

  async #isThere(session: pg.ClientBase, home: string): Promise<boolean> {
    const { rows } = await session.query<{ isThere: boolean }>(
      `select to_regnamespace(quote_ident($1)) is not null and exists (select from tenancy.migration where home = $1) as "isThere"`,
      [home],
    );
    return rows[0]?.isThere ?? false;
  }

  async #due(session: pg.ClientBase, home: string): Promise<MigrationStep[]> {
    const applied = await this.applied(session, home);
    return this.line.filter(({ name }) => !applied.has(name));
  }

  async #record(migrator: pg.ClientBase, home: string, steps: readonly MigrationStep[]): Promise<void> {
    await migrator.query('insert into tenancy.migration (home, name) select $1, unnest($2::text[])', [home, steps.map(({ name }) => name)]);
  }

  /** The names a home has had. */
  async applied(session: pg.ClientBase, home: string): Promise<Set<string>> {
    const { rows } = await session.query<{ name: string }>('select name from tenancy.migration where home = $1', [home]);
    return new Set(rows.map((row) => row.name));
  }

  /** What homes have had, as their database says; one that never had anything is not among them. */
  async versions(session: pg.ClientBase, homes: readonly string[]): Promise<Map<string, HomeVersion>> {
    const { rows } = await session.query<{ home: string } & HomeVersion>(
      `select home, max(name collate "C") as version, coalesce(max(name collate "C") filter (where name = any($2)), '') as needs
       from tenancy.migration where home = any($1) group by home`,
      [homes, this.line.filter(({ isBreaking }) => isBreaking).map(({ name }) => name)],
    );
    return new Map(rows.map(({ home, version, needs }) => [home, { version, needs }]));
  }

  /** The names that each of these homes has still to have, in their order; homes that lack nothing too. */
  async due(session: pg.ClientBase, homes: readonly string[]): Promise<Map<string, string[]>> {
    const { rows } = await session.query<{ home: string; name: string }>('select home, name from tenancy.migration where home = any($1)', [
      homes,
    ]);
    const had = Map.groupBy(rows, ({ home }) => home);
    return new Map(
      homes.map((home) => {
        const names = new Set(had.get(home)?.map(({ name }) => name));
        return [home, this.line.map(({ name }) => name).filter((name) => !names.has(name))];
      }),
    );
  }
}

/** Whether a step goes to a home in one transaction, with its record. */
function isSentWhole({ isTransactional, isPerTenant }: MigrationStep): boolean {
  return isTransactional && !isPerTenant;
}

/** Homes of a database with what they say they have had; one that never had anything is not among them. */
export async function seenHomes(
  migrations: HomeMigrations,
  session: pg.ClientBase,
  { cluster, database }: Pick<Home, 'cluster' | 'database'>,
  names: readonly string[],
): Promise<(Home & HomeVersion)[]> {
  return [...(await migrations.versions(session, names))].map(([home, version]) => ({ cluster, database, home, ...version }));
}

/** The newest migration a home has had; null when it cannot be asked. */
export async function newestVersion(
  migratorUrl: string,
  { database, schema }: { readonly database: string; readonly schema: string },
): Promise<string | null> {
  const text = 'select max(name) as name from tenancy.migration where home = $1';
  try {
    return await withSession(
      atDatabase(migratorUrl, database),
      async (session) => (await session.query<{ name: string | null }>(text, [schema])).rows[0]?.name ?? null,
    );
  } catch {
    return null;
  }
}
