import pg from 'pg';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { keyOf } from '#adapters/postgres/home-turn.js';
import { identifier } from '#adapters/postgres/session.js';

/** How long what is sent together may wait for one lock, and take in all; longer is for one home at a time, where it holds nobody else up. */
const TOGETHER = { lockMs: 100, allMs: 1_000 };

/** What a home has had, as its own database says. */
interface HomeState {
  readonly home: string;
  readonly isMine: boolean;
  readonly isThere: boolean;
  readonly names: readonly string[];
}

/** Homes by what is to become of them. */
export interface Together {
  /** At the newest version now. */
  readonly done: readonly string[];
  /** Not there, though something is said to live in them. */
  readonly missing: readonly string[];
  /** To be done one by one. */
  readonly rest: readonly string[];
}

/**
 * Brings many homes of one database to the newest version in one transaction and one message: those whose turn is free, that lack the same
 * steps, none of which is long or bears no transaction. All of them, or none. Raises what a statement raises.
 */
export async function migrateTogether(migrator: pg.ClientBase, homes: readonly string[], migrations: HomeMigrations): Promise<Together> {
  await migrator.query('begin');
  try {
    const states = await statesOf(migrator, homes);
    const missing = states.filter(({ isThere, names }) => !isThere || names.length === 0).map(({ home }) => home);
    const known = states.filter(({ home }) => !missing.includes(home)).map((state) => ({ ...state, due: dueOf(state, migrations) }));
    const done = known.filter(({ due }) => due.length === 0).map(({ home }) => home);
    const behind = known.filter(({ due }) => due.length > 0);
    const steps = behind.find(({ isMine }) => isMine)?.due ?? [];
    const isQuick = steps.every(({ isTransactional, isLong }) => isTransactional && !isLong);
    const alike = behind.filter(({ isMine, due }) => isMine && isQuick && due.length === steps.length && due[0] === steps[0]);
    const sent = alike.map(({ home }) => home);
    await migrator.query(sent.length === 0 ? 'commit' : messageOf(sent, steps));
    return { done: [...done, ...sent], missing, rest: behind.map(({ home }) => home).filter((home) => !sent.includes(home)) };
  } catch (error) {
    await migrator.query('rollback').catch(() => undefined); // the session is gone
    throw error;
  }
}

async function statesOf(migrator: pg.ClientBase, homes: readonly string[]): Promise<HomeState[]> {
  const { rows } = await migrator.query<HomeState>(
    `select home, pg_try_advisory_xact_lock(hashtext(key)) as "isMine", to_regnamespace(quote_ident(home)) is not null as "isThere",
       coalesce((select array_agg(m.name) from tenancy.migration m where m.home = asked.home), '{}') as names
     from unnest($1::text[], $2::text[]) as asked (home, key)`,
    [homes, homes.map(keyOf)],
  );
  return rows;
}

function dueOf({ names }: HomeState, { line }: HomeMigrations): readonly MigrationStep[] {
  const had = new Set(names);
  return line.filter(({ name }) => !had.has(name));
}

/** One message, so that 25 homes cost one trip; it ends the transaction. */
function messageOf(homes: readonly string[], steps: readonly MigrationStep[]): string {
  const texts = steps.flatMap(({ statements }) => statements);
  const records = homes.flatMap((home) => steps.map(({ name }) => `(${pg.escapeLiteral(home)}, ${pg.escapeLiteral(name)})`));
  return [
    `set local lock_timeout = ${String(TOGETHER.lockMs)}`,
    `set local transaction_timeout = ${String(TOGETHER.allMs)}`,
    'set local role tenantry_owner',
    ...homes.flatMap((home) => [`set local search_path = ${identifier(home)}, pg_temp`, ...texts]),
    'set local role none',
    `insert into tenancy.migration (home, name) values ${records.join(', ')}`,
    'commit',
  ].join(';\n');
}
