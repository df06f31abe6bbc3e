import { each, single, transaction, type AttackCase, type Statement, type Targets } from '#testing/attacks/attack-case.js';

const LOOK = 'select * from tickets';
const LOOK_FROM_OUTSIDE: Statement = ({ me }) => `select * from "${me.placement.schema}".tickets`;
const pretending = (made: (targets: Targets) => string): Statement => {
  return (targets) => ({ text: `select set_config('tenant.capability', $1, true)`, values: [made(targets)] });
};
const forged = (does: string, made: (targets: Targets) => string, answer = 'TN002'): AttackCase =>
  transaction('A6', `presents ${does}`, [
    [pretending(made), 'done'],
    [LOOK, answer],
  ]);

/** A1 to A10, A13 and A14: being somebody else. */
export const IDENTITY_CASES: readonly AttackCase[] = [
  single(
    'A1',
    'sets the victim’s id as the capability in a CTE',
    ({ victim }) => `with x as materialized (select set_config('tenant.capability', '${victim.id}', true)) select t.* from x, tickets t`,
    'TN002|own rows',
  ),
  single(
    'A1',
    'sets another capability in the condition of its own read',
    ({ victim }) => `select * from tickets where set_config('tenant.capability', '${victim.id}', true) is not null`,
    'TN002|own rows',
  ),
  single(
    'A1',
    'sets the settings of the usual recipe',
    ({ victim }) => ({
      text: `with x as materialized (select set_config('app.tenant_id', $1, true), set_config('app.ctx', $1, true)) select t.* from x, tickets t`,
      values: [victim.id],
    }),
    'own rows',
  ),
  ...each(
    'A2',
    [
      `select query_to_xml('select * from tickets', true, true, '')`,
      `select query_to_xmlschema('select * from tickets', true, true, '')`,
      `select query_to_xml_and_xmlschema('select * from tickets', true, true, '')`,
      `select table_to_xml('tickets', true, true, '')`,
      `select schema_to_xml('pg_catalog', true, true, '')`,
      `select database_to_xml(true, true, '')`,
      `select * from ts_stat('select title::tsvector from tickets')`,
      `select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')`,
      `select cursor_to_xml('c', 1, true, true, '')`,
    ],
    '42501',
  ),
  single('A3', 'stacks a second statement without parameters', 'select 1; select * from tickets', '42601'),
  single('A3', 'stacks a second statement with parameters', () => ({ text: 'select $1::int; select 2', values: [1] }), '42601'),
  single('A3', 'stacks behind a comment', 'select 1 /* ; */; reset all', '42601'),
  ...each(
    'A4',
    [
      'set role tenantry_owner',
      'set role tenantry_sentinel',
      'set local role tenantry_migrator',
      'set role tenantry_tenant',
      'set role postgres',
      'set session authorization postgres',
      'set local session authorization tenantry_migrator',
      `select set_config('session_authorization', 'postgres', true)`,
      `select set_config('role', 'tenantry_keeper', false)`,
    ],
    '42501',
  ),
  ...each('A4', ['reset role', 'reset session authorization', 'set role none'], 'done', 'replaced'),
  transaction('A5', 'takes a role by expression and reads on', [
    [`select set_config('role', 'none', true)`, 'done'],
    [LOOK, 'own rows'],
  ]),
  transaction('A5', 'takes the owner’s role by expression', [
    [`select set_config('role', 'tenantry_owner', true)`, '42501'],
    [LOOK, '25P02'],
  ]),
  forged('nothing', () => '', 'TN001'),
  forged('blanks', () => '   '),
  forged('zeroes', () => '0'.repeat(64)),
  forged('the victim’s id', ({ victim }) => victim.id),
  forged('the SHA-256 of nothing', () => 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'),
  forged('a token of many fields', ({ victim }) => `k1.${victim.id}.1.1.1.rw.`),
  forged('a megabyte', () => 'a'.repeat(1_000_000)),
  forged('the name of no key', ({ victim }) => `k999.${victim.id}`),
  forged('SQL', ({ victim }) => `' or tenant_id = '${victim.id}`),
  forged('a wildcard', () => '%'),
  ...[
    ['in capitals', 'upper(c)'],
    ['cut short', 'left(c, 63)'],
    ['with a blank behind it', `c || ' '`],
    ['with a line end behind it', `c || chr(10)`],
    ['doubled', 'c || c'],
    ['backwards', 'reverse(c)'],
    ['hashed as the fence keeps it', `encode(sha256(convert_to(c, 'UTF8')), 'hex')`],
  ].map(([how, expression]) =>
    transaction('A6', `presents its own capability ${String(how)}`, [
      [`select set_config('tenant.capability', ${String(expression)}, true) is null from current_setting('tenant.capability') c`, 'done'],
      [LOOK, 'TN002'],
    ]),
  ),
  transaction('A6', 'presents no value at all', [
    [`select set_config('tenant.capability', null, true)`, 'done'],
    [LOOK, 'TN001'],
  ]),
  ...[
    `$1 || current_setting('tenant.capability')`,
    `current_setting('tenant.capability') || '.' || $1`,
    `replace(current_setting('tenant.capability'), left(current_setting('tenant.capability'), 36), $1)`,
  ].map((spliced) =>
    transaction('A7', `splices the victim’s id into its own capability: ${spliced}`, [
      [({ victim }) => ({ text: `select set_config('tenant.capability', ${spliced}, true) is null`, values: [victim.id] }), 'done'],
      [LOOK, 'TN002'],
    ]),
  ),
  transaction('A13', 'switches row security off by expression', [
    [`select set_config('row_security', 'off', true)`, 'done'],
    [LOOK, '42501'],
  ]),
  single(
    'A13',
    'switches row security off for its own read',
    `select t.* from set_config('row_security', 'off', true), tickets t`,
    '42501|own rows',
  ),
  single('A13', 'switches row security off for the session', 'set row_security = off', 'done', 'replaced'),
  transaction('A14', 'ends the transaction and reads on', [
    ['commit', 'done'],
    [LOOK_FROM_OUTSIDE, 'TN001'],
  ]),
  transaction('A14', 'rolls back and begins its own', [
    ['rollback', 'done'],
    ['begin', 'done'],
    [LOOK_FROM_OUTSIDE, 'TN001'],
  ]),
  transaction('A14', 'chains a new transaction', [
    ['commit and chain', 'done'],
    [LOOK_FROM_OUTSIDE, 'TN001'],
  ]),
  transaction('A14', 'ends the transaction and reads by the bare name', [
    ['commit', 'done'],
    [LOOK, '42P01'],
  ]),
];
