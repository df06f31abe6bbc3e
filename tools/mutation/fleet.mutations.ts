import type { Mutation } from './mutation.js';

const MIGRATIONS = ['src/adapters/postgres/home-migrations.int-spec.ts'];

/** What keeps a fleet of homes at one truth. */
export const FLEET_MUTATIONS: readonly Mutation[] = [
  {
    name: 'fleet: an invalid index is taken away before it is made again',
    file: 'src/adapters/postgres/concurrent-step.ts',
    find: 'await dropInvalid(migrator, home, statement);',
    replace: '',
    specs: MIGRATIONS,
  },
  {
    name: 'fleet: who waits for a home holds no snapshot',
    file: 'src/adapters/postgres/home-turn.ts',
    find: `return until(migrator, 'pg_try_advisory_xact_lock', home, signal);`,
    replace: `return migrator.query('select pg_advisory_xact_lock(hashtext($1))', [keyOf(home)]).then(() => undefined);`,
    specs: MIGRATIONS,
  },
  {
    name: 'fleet: a step outside a transaction has the turn of its home',
    file: 'src/adapters/postgres/home-migrations.ts',
    find: 'if (await withTurn(migrator, home, () => this.#sendAlone(migrator, home, next), signal)) applied.push(next.name);',
    replace: 'if (await this.#sendAlone(migrator, home, next)) applied.push(next.name);',
    specs: MIGRATIONS,
  },
  {
    name: 'fleet: the session of a step outside a transaction is put back',
    file: 'src/adapters/postgres/concurrent-step.ts',
    find: `for (const name of ['role', 'search_path', 'lock_timeout', 'statement_timeout'])`,
    replace: `for (const name of [] as string[])`,
    specs: MIGRATIONS,
  },
];
