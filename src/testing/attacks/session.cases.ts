import { each, single, transaction, type AttackCase } from '#testing/attacks/attack-case.js';

const SETTINGS = {
  search_path: 'pg_catalog',
  TimeZone: 'Asia/Tokyo',
  DateStyle: 'German',
  IntervalStyle: 'iso_8601',
  bytea_output: 'escape',
  client_encoding: 'LATIN1',
  standard_conforming_strings: 'off',
  statement_timeout: '1',
  lock_timeout: '1',
  transaction_timeout: '3',
  idle_session_timeout: '1',
  idle_in_transaction_session_timeout: '1',
  default_transaction_read_only: 'on',
  default_transaction_isolation: 'serializable',
  default_transaction_deferrable: 'on',
  row_security: 'off',
  exit_on_error: 'on',
  work_mem: '64kB',
  application_name: 'mallory',
  enable_indexscan: 'off',
  plan_cache_mode: 'force_generic_plan',
  'tenant.capability': 'x',
  'app.tenant_id': 'x',
  client_min_messages: 'debug5',
  session_replication_role: 'replica',
};
const NEEDS_SUPERUSER = new Set(['session_replication_role']);

/** A18 and C1 to C13: what one tenant leaves on a connection for the next. */
export const SESSION_CASES: readonly AttackCase[] = [
  ...each('A18', ['deallocate all', 'deallocate tn_reset'], '26000', 'replaced'),
  ...each('A18', ['deallocate tn_enter', 'prepare tn_0 as select 1', 'discard plans', 'discard sequences'], 'done', 'replaced'),
  ...each('A18', ['prepare tn_enter as select 1', 'prepare tn_reset as select 1'], '42P05'),
  transaction('A18', 'replaces the prologue inside a transaction', [['deallocate tn_enter', 'isolation.session-command']], 'replaced'),
  single('A18', 'runs the prologue itself', `execute tn_enter('x', 'pg_catalog', '')`, 'done'),
  single('A18', 'asks the fence for another home', `execute tn_enter('x', 'pg_catalog', 'shared')`, 'TN002'),
  single('A18', 'reads which statements are prepared', 'select * from pg_prepared_statements', '42501'),
  single('A18', 'prepares a utility under a name and is refused its parameter', () => ({ text: 'deallocate all', values: [1] }), '08P01'),
  single('C1', 'leaves a transaction open', 'begin', 'done', 'replaced'),
  transaction('C1', 'begins another transaction after its own', [
    ['commit', 'done'],
    ['begin', 'done'],
  ]),
  ...Object.entries(SETTINGS).map(([name, value]) =>
    single(
      'C4',
      `sets ${name} for the session by expression`,
      `select set_config('${name}', '${value}', false)`,
      NEEDS_SUPERUSER.has(name) ? '42501' : 'done',
    ),
  ),
  ...Object.entries(SETTINGS)
    .filter(([name]) => !NEEDS_SUPERUSER.has(name))
    .map(([name, value]) => single('C4', `sets ${name} for the session`, `set ${name} = '${value}'`, 'done', 'replaced')),
  single('C4', 'sets a setting through the view', `update pg_settings set setting = '1' where name = 'statement_timeout'`, 'done'),
  single('C4', 'sets how transactions begin', 'set session characteristics as transaction read only', 'done', 'replaced'),
  transaction('C4', 'sets for the session in a transaction that is kept', [
    [`select set_config('default_transaction_read_only', 'on', false)`, 'done'],
  ]),
  transaction('C4', 'sets for the session after its transaction', [
    ['commit', 'done'],
    [`select set_config('default_transaction_read_only', 'on', false), set_config('transaction_timeout', '50', false)`, 'done'],
  ]),
  transaction('C4', 'sets for the session after its transaction, then fails', [
    ['rollback', 'done'],
    [`select set_config('default_transaction_read_only', 'on', false)`, 'done'],
    ['select 1 / 0', '22012'],
  ]),
  transaction('C4', 'sets for the session behind a savepoint', [
    ['savepoint s', 'done'],
    [`select set_config('search_path', 'pg_catalog', false), set_config('row_security', 'off', false)`, 'done'],
    ['release s', 'done'],
  ]),
  single('C5', 'writes a temporary table by a read', 'select * into temp x from tickets', '42501'),
  ...each('C7', ['listen everything', 'unlisten *'], 'done', 'replaced'),
  transaction('C7', 'listens inside a transaction', [['listen everything', 'isolation.session-command']], 'replaced'),
  single(
    'C8',
    'declares a cursor that outlives its transaction',
    'declare c cursor with hold for select * from tickets',
    'TN001',
    'replaced',
  ),
  transaction(
    'C8',
    'declares a cursor inside a transaction',
    [['declare c cursor for select * from tickets', 'isolation.session-command']],
    'replaced',
  ),
  ...each(
    'C9',
    [
      'select pg_advisory_lock(1)',
      'select pg_try_advisory_lock(1)',
      'select pg_advisory_lock_shared(1, 2)',
      'select pg_advisory_unlock_all()',
    ],
    '42501',
  ),
  ...each('C10', ['select lastval()'], '55000'),
  single('C10', 'seeds what is random for the next tenant', 'select setseed(0.5)', '42501'),
  transaction('C12', 'leaves a transaction that has failed', [
    ['select 1 / 0', '22012'],
    ['select * from tickets', '25P02'],
  ]),
  single('C13', 'copies out', 'copy tickets to stdout', 'done', 'replaced'),
  single('C13', 'copies in', 'copy tickets from stdin', '0A000'),
  single('C13', 'copies a query out', `copy (select * from tickets) to stdout`, 'done', 'replaced'),
];
