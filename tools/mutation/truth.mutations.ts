import type { Mutation } from './mutation.js';

const TRUTH = ['src/adapters/postgres/truth/home-truth.int-spec.ts'];
const FOUNDATIONS = ['src/adapters/postgres/truth/foundations.int-spec.ts'];
const SERVER = ['src/adapters/postgres/truth/server-truth.int-spec.ts'];
const ROLES_FILE = 'src/adapters/postgres/truth/postgres-server-roles.ts';

/** What tells that somebody changed by hand what holds tenants apart. */
export const TRUTH_MUTATIONS: readonly Mutation[] = [
  {
    name: 'fleet: a signature tells keys that nothing holds',
    file: 'src/adapters/postgres/truth/home-signature.ts',
    find: `(not g.tgisinternal or g.tgenabled <> 'O')`,
    replace: 'not g.tgisinternal',
    specs: TRUTH,
  },
  {
    name: 'fleet: keys that nothing holds are told',
    file: 'src/adapters/postgres/truth/home-facts.ts',
    find: `g.tgisinternal and g.tgenabled <> 'O'`,
    replace: 'g.tgisinternal and false',
    specs: TRUTH,
  },
  {
    name: 'fleet: what homes stand on is verified with them',
    file: 'src/control/fleet/fleet-verifier.ts',
    find: 'drifted: isDifferent(difference) ? [',
    replace: 'drifted: isDifferent({ ...difference, missing: [], extra: [], changed: [] }) ? [',
    specs: ['src/control/fleet/fleet-verifier.spec.ts'],
  },
  {
    name: 'fleet: each word of a function that homes stand on counts',
    file: 'src/adapters/postgres/truth/home-facts.ts',
    find: `case when home.name = 'tenancy' then`,
    replace: 'case when false then',
    specs: FOUNDATIONS,
  },
  {
    name: 'fleet: rights on functions are facts',
    file: 'src/adapters/postgres/truth/home-facts.ts',
    find: `m.classid = 'pg_proc'::regclass and a.grantee <> p.proowner group by`,
    replace: `m.classid = 'pg_proc'::regclass and false group by`,
    specs: FOUNDATIONS,
  },
  {
    name: 'fleet: what is closed of the system is held against the file',
    file: 'src/adapters/postgres/truth/postgres-foundations.ts',
    find: 'return [...facts, ...(await session.query<HomeFact>(SYSTEM_FACTS)).rows];',
    replace: 'await session.query<HomeFact>(SYSTEM_FACTS);\n  return facts;',
    specs: FOUNDATIONS,
  },
  {
    name: 'fleet: the reference of what homes stand on is taken back',
    file: 'src/adapters/postgres/truth/postgres-foundations.ts',
    find: 'return read(provisioning); // the session ends, and the transaction with it',
    replace: `const facts = await read(provisioning); await provisioning.query('commit'); return facts;`,
    specs: SERVER,
  },
  {
    name: 'fleet: the reference of what homes stand on is not what somebody made of it',
    file: 'src/adapters/postgres/truth/postgres-foundations.ts',
    find: `'drop schema if exists tenancy cascade;'`,
    replace: `''`,
    specs: SERVER,
  },
  {
    name: 'fleet: what was laid anew and is still otherwise is not mended',
    file: 'src/control/doctor/checks/foundations.check.ts',
    find: 'if (isDifferent(left)) throw',
    replace: 'if (isDifferent({ ...left, extra: [], changed: [] })) throw',
    specs: FOUNDATIONS,
  },
  {
    name: 'doctor: nobody is a member of a role of ours whom nobody made one',
    file: ROLES_FILE,
    find: 'from membership where is_whole',
    replace: 'from membership where is_whole and false',
    specs: SERVER,
  },
  {
    name: 'doctor: a member may no more than it was given',
    file: ROLES_FILE,
    find: 'where o.is_so and not is_whole',
    replace: 'where false',
    specs: SERVER,
  },
  {
    name: 'doctor: no role of ours may what it was not given',
    file: ROLES_FILE,
    find: 'a (is_so, has) where a.is_so',
    replace: 'a (is_so, has) where a.is_so and false',
    specs: SERVER,
  },
  {
    name: 'doctor: a home that a newer build made is left alone',
    file: 'src/adapters/postgres/postgres-homes.ts',
    find: 'if (this.#isAhead(version)) return;',
    replace: '',
    specs: ['src/control/doctor/doctor.int-spec.ts'],
  },
  {
    name: 'fleet: a repair says where it is to be sent',
    file: 'src/main/cli/drift-report.ts',
    find: '[`    ${searchPath};`]',
    replace: '[`    -- ${searchPath};`]',
    specs: ['src/main/cli/drift-report.int-spec.ts'],
  },
];
