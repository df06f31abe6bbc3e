import pg from 'pg';
import type { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { keyOf } from '#adapters/postgres/homes/home-turn.js';
import { answeredWithin, identifier } from '#adapters/postgres/session.js';

/** How long what is sent together may wait for one lock, and take in all; longer is for one home at a time, where it holds nobody else up. */
const TOGETHER = { lockMs: 100, allMs: 1_000 };

/** What a home has had, as its own database says. */
interface HomeState {
  readonly home: string;
  readonly isThere: boolean;
  readonly names: readonly string[];
}

/** Homes by what is to become of them. */
export interface Together {
  /** At the newest version of these migrations now. */
  readonly done: readonly string[];
  /** A step further now, and not yet there. */
  readonly further: readonly string[];
  /** Not there, though something is said to live in them, and nobody is making them anew. */
  readonly missing: readonly string[];
  /** To be done one by one. */
  readonly rest: readonly string[];
}

/**
 * Brings many homes of one database a step on, in one transaction and one message: those whose turn is free and that lack the same step first,
 * which is not long and bears a transaction. One step, as for a home alone: no lock of it is held while the next is sent. All of them, or none.
 * Raises what a statement raises.
 */
export async function migrateTogether(migrator: pg.ClientBase, homes: readonly string[], migrations: HomeMigrations): Promise<Together> {
  try {
    const { mine, states } = await beginWith(migrator, homes);
    const gone = namesOf(states.filter(({ isThere, names }) => !isThere || names.length === 0));
    const known = states.filter(({ home }) => !gone.includes(home)).map((state) => ({ ...state, due: dueOf(state, migrations) }));
    const done = namesOf(known.filter(({ due }) => due.length === 0));
    const behind = known.filter(({ due }) => due.length > 0);
    const free = behind.filter(({ home }) => mine.has(home));
    // The oldest: who lacks it is at the others' step afterwards.
    const step = migrations.line.find((candidate) => free.some(({ due }) => due[0] === candidate));
    const alike = step?.isTransactional && !step.isLong && !step.isPerTenant ? free.filter(({ due }) => due[0] === step) : [];
    await migrator.query(step && alike.length > 0 ? messageOf(namesOf(alike), step) : 'commit');
    return {
      done: [...done, ...namesOf(alike.filter(({ due }) => due.length === 1))],
      further: namesOf(alike.filter(({ due }) => due.length > 1)),
      missing: gone.filter((home) => mine.has(home)),
      rest: [...namesOf(behind.filter((state) => !alike.includes(state))), ...gone.filter((home) => !mine.has(home))],
    };
  } catch (error) {
    await migrator.query(answeredWithin('rollback', 5_000)).catch(() => undefined); // the session is gone
    throw error;
  }
}

/**
 * Begins a transaction with the turns that nobody had, and what each home has had: in this order and by statements of their own, because only a
 * statement after the turn was had is sure to see what was done by whoever had it before. One message, without parameters therefore.
 */
async function beginWith(migrator: pg.ClientBase, homes: readonly string[]): Promise<{ mine: ReadonlySet<string>; states: HomeState[] }> {
  const asked = homes.map((home) => `(${pg.escapeLiteral(home)}, ${pg.escapeLiteral(keyOf(home))})`).join(', ');
  const answers = (await migrator.query(
    [
      'begin',
      `set local lock_timeout = ${String(TOGETHER.lockMs)}`,
      `select home from (values ${asked}) as asked (home, key) where pg_try_advisory_xact_lock(hashtext(key))`,
      `select home, to_regnamespace(quote_ident(home)) is not null as "isThere",
         coalesce((select array_agg(m.name) from tenancy.migration m where m.home = asked.home), '{}') as names
       from (values ${asked}) as asked (home, key)`,
    ].join(';\n'),
  )) as unknown as [unknown, unknown, pg.QueryResult<{ home: string }>, pg.QueryResult<HomeState>];
  const [, , turns, states] = answers;
  return { mine: new Set(turns.rows.map(({ home }) => home)), states: states.rows };
}

function namesOf(states: readonly { readonly home: string }[]): string[] {
  return states.map(({ home }) => home);
}

function dueOf({ names }: HomeState, { line }: HomeMigrations): readonly MigrationStep[] {
  const had = new Set(names);
  return line.filter(({ name }) => !had.has(name));
}

/** One message, so that many homes cost one trip; it ends the transaction. */
function messageOf(homes: readonly string[], { name, statements }: MigrationStep): string {
  const records = homes.map((home) => `(${pg.escapeLiteral(home)}, ${pg.escapeLiteral(name)})`);
  return [
    `set local transaction_timeout = ${String(TOGETHER.allMs)}`,
    'set local role tenantry_owner',
    ...homes.flatMap((home) => [`set local search_path = ${identifier(home)}, pg_temp`, ...statements]),
    'set local role none',
    `insert into tenancy.migration (home, name) values ${records.join(', ')}`,
    'commit',
  ].join(';\n');
}
