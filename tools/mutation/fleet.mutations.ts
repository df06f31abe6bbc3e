import type { Mutation } from './mutation.js';

const MIGRATIONS = ['src/adapters/postgres/home-migrations.int-spec.ts'];
const TRUTH = ['src/adapters/postgres/home-truth.int-spec.ts'];
const RUNS = ['src/control/fleet/migrate-fleet.int-spec.ts'];
const SIGNATURE = 'src/adapters/postgres/home-signature.ts';

/** What keeps a fleet of homes at one truth. */
export const FLEET_MUTATIONS: readonly Mutation[] = [
  {
    name: 'fleet: an invalid index is taken away before it is made again',
    file: 'src/adapters/postgres/concurrent-step.ts',
    find: 'if (rows[0]?.isValid === false)',
    replace: 'if (rows[0] === null)',
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

  { name: 'fleet: a signature tells defaults', file: SIGNATURE, find: 'select d.adbin::text', replace: `select ''`, specs: TRUTH },
  { name: 'fleet: a signature tells what may be null', file: SIGNATURE, find: 'a.attnotnull, ', replace: '', specs: TRUTH },
  {
    name: 'fleet: a signature tells what a policy lets through',
    file: SIGNATURE,
    find: `replace(p.polqual::text, r.bytes, '<home> ]'), `,
    replace: '',
    specs: TRUTH,
  },
  { name: 'fleet: a signature tells whether an index is valid', file: SIGNATURE, find: 'i.indisvalid, ', replace: '', specs: TRUTH },
  { name: 'fleet: a signature tells whose a grant is', file: SIGNATURE, find: 'relowner, relacl,', replace: 'relowner,', specs: TRUTH },
  { name: 'fleet: a signature tells checks', file: SIGNATURE, find: 'k.conbin::text, ', replace: '', specs: TRUTH },
  { name: 'fleet: a signature tells what a foreign key does', file: SIGNATURE, find: 'k.confdeltype,', replace: '', specs: TRUTH },
  {
    name: 'fleet: a home is held against what its migrations make, and not against its stamp',
    file: 'src/control/fleet/fleet-verifier.ts',
    find: 'if (hashes.get(first.home) === golden)',
    replace: 'if (golden)',
    specs: TRUTH,
  },
  {
    name: 'fleet: a reference is taken back',
    file: 'src/adapters/postgres/reference-home.ts',
    find: 'return readFacts(migrator, home); // the session ends, and the transaction with it',
    replace: `const facts = await readFacts(migrator, home); await migrator.query('commit'); return facts;`,
    specs: TRUTH,
  },
  {
    name: 'fleet: a database that is away costs nobody else',
    file: 'src/control/fleet/fleet-verifier.ts',
    find: 'return away(targets, error);',
    replace: 'throw error;',
    specs: TRUTH,
  },

  {
    name: 'fleet: a run stops when its budget is spent',
    file: 'src/catalog/fleet/run-targets.ts',
    find: 'return failed + now > budget;',
    replace: 'return failed + now > budget + 1_000;',
    specs: RUNS,
  },
  {
    name: 'fleet: nothing is begun after the failure that is too much',
    file: 'src/control/fleet/migrate-server.work.ts',
    find: "if (outcome.state === 'failed' && !(await keep())) return targets.giveBack([...left]);",
    replace: '',
    specs: RUNS,
  },
  {
    name: 'fleet: what was claimed and not begun goes back',
    file: 'src/control/fleet/migrate-server.work.ts',
    find: 'return targets.giveBack([...left]);',
    replace: 'return;',
    specs: RUNS,
  },
  {
    name: 'fleet: a canary that fails is enough',
    file: 'src/catalog/fleet/run-targets.ts',
    find: 'if (wave === CANARIES && canary > 0) return true;',
    replace: '',
    specs: RUNS,
  },
  {
    name: 'fleet: whoever follows canaries waits until these were held against the reference',
    file: 'src/catalog/fleet/run-targets.ts',
    find: "(state <> 'migrated' or wave = ?)",
    replace: "(state <> 'migrated' or wave = -1 - ?)",
    specs: RUNS,
  },
  {
    name: 'fleet: a run is not over while a home is still to be held against the reference',
    file: 'src/catalog/fleet/run-targets.ts',
    find: '(left?.next === null && left.isUnchecked)',
    replace: 'false',
    specs: RUNS,
  },
  {
    name: 'fleet: a home that is gone is not made anew when it goes by itself',
    file: 'src/adapters/postgres/home-migrations.ts',
    find: 'if (!mayMake && !(await this.#isThere(migrator, home))) throw new HomeMissingError(home);',
    replace: '',
    specs: RUNS,
  },
  {
    name: 'fleet: a run that goes on with nothing is over',
    file: 'src/control/fleet/fleet-desk.ts',
    find: '      // Nobody would be there to end it.\n      if (servers.length === 0) await runs.end(em, id);\n',
    replace: '',
    specs: RUNS,
  },
  {
    name: 'fleet: nothing is taken away before it is nowhere needed',
    file: 'src/control/fleet/fleet-plan.ts',
    find: "phase === 'contract' && index > 0",
    replace: "phase === 'contract' && index > 1_000",
    specs: RUNS,
  },
  {
    name: 'fleet: homes that are moved are left alone',
    file: 'src/adapters/postgres/homes-together.ts',
    find: 'const alike = behind.filter(({ isMine, due }) => isMine && isQuick',
    replace: 'const alike = behind.filter(({ due }) => isQuick',
    specs: RUNS,
  },
  {
    name: 'fleet: a home that is gone is not made anew',
    file: 'src/adapters/postgres/homes-together.ts',
    find: '!isThere || names.length === 0',
    replace: 'names.length === 1_000',
    specs: RUNS,
  },
  {
    name: 'fleet: a build leaves alone what it does not have',
    file: 'src/control/fleet/migrate-server.work.ts',
    find: 'if (!migrator.line.some(({ name }) => name === version)) throw new VersionUnknownError(version);',
    replace: '',
    specs: RUNS,
  },
  {
    name: 'fleet: a home is held against the reference',
    file: 'src/adapters/postgres/postgres-home-migrator.ts',
    find: 'if (found.get(home.home) === golden)',
    replace: 'if (golden)',
    specs: RUNS,
  },
  {
    name: 'fleet: a tenant that a build cannot serve is turned away',
    file: 'src/kernel/tenancy/status-gate.ts',
    find: 'if (!canServe(tenant, range)) throw new TenantMigratingError();',
    replace: '',
    specs: ['src/main/schema-range.int-spec.ts'],
  },
];
