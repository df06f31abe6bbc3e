import { runTenantSql, type StatementAnswer } from '#main/cli/tenant-sql.js';
import { AttackStage } from '#testing/attacks/attack-stage.js';
import { TIERS } from '#testing/test-platform.js';

type How = { readonly script?: boolean; readonly readonly?: boolean };
const inScript: How = { script: true };
const reading: How = { readonly: true };

// The command line's `tenant sql` runs what is typed: it must hold what a request's connection holds.
describe.each(TIERS)('`tenant sql` in the %s tier', (tier) => {
  let stage: AttackStage;
  let truth: unknown;

  beforeAll(async () => {
    stage = await AttackStage.open(tier, { STATEMENT_DEADLINE_MS: '600' });
    truth = await stage.truth();
  });
  afterAll(() => stage.close());

  const run = async (statements: readonly string[], { script = false, readonly = false }: How): Promise<StatementAnswer[]> => {
    const answers: StatementAnswer[] = [];
    for await (const answer of runTenantSql(stage.test.platform, { slug: stage.targets.me.slug, statements, script, readonly }))
      answers.push(answer);
    return answers;
  };

  const cases: [id: string, statements: (victim: { id: string; schema: string }) => string[], how: How, answers: (string | RegExp)[]][] = [
    [
      'A1',
      ({ id }) => [`select set_config('tenant.capability', '${id}', true)`, 'select * from tickets'],
      inScript,
      ['1 rows', /^(tenant\.|TN002)/],
    ],
    [
      'A1',
      ({ id }) => [`with x as materialized (select set_config('tenant.capability', '${id}', true)) select t.* from x, tickets t`],
      {},
      [/^(tenant\.|TN002|3 rows)/],
    ],
    ['A2', () => [`select query_to_xml('select * from tickets', true, true, '')`], {}, ['42501']],
    ['A3', () => ['select 1; select 2'], {}, ['42601']],
    ['A4', () => ['set role tenantry_owner', 'select title from tickets'], inScript, ['42501', '3 rows']],
    ['A12', () => ['alter table tickets disable row level security', 'select title from tickets'], inScript, ['42501', '3 rows']],
    ['A13', () => [`select set_config('row_security', 'off', true)`, 'select * from tickets'], inScript, ['1 rows', '42501']],
    ['A14', () => ['commit', 'select * from tickets'], inScript, ['0 rows', /^(42P01|TN001)$/]],
    ['A18', () => ['deallocate all'], {}, ['26000']],
    ['A22', () => ['select * from pg_stat_activity'], {}, ['42501']],
    ['A24', () => ['select pg_advisory_lock(1)'], reading, ['42501']],
    ['A26', () => ['select pg_sleep(3600)', 'select title from tickets'], inScript, ['tenant.unavailable', '3 rows']],
    ['A26', () => ['lock table tickets in access exclusive mode', 'select title from tickets'], inScript, ['42501', '3 rows']],
    ['A29', ({ id }) => [`update tickets set tenant_id = '${id}'`], {}, ['42501']],
    ['A29', ({ id }) => [`update tickets set tenant_id = '${id}'`], reading, [/^(tenant\.unavailable|25006)$/]],
    ['A30', ({ schema }) => [`select title from "${schema}".tickets`], reading, [tier === 'schema' ? '42501' : '3 rows']],
    ['C4', () => [`select set_config('default_transaction_read_only', 'on', false)`], {}, ['1 rows']],
    [
      'C8',
      () => ['declare c cursor with hold for select * from tickets', 'fetch all from c'],
      inScript,
      ['isolation.session-command', '34000'],
    ],
    ['C12', () => ['select 1 / 0', 'select title from tickets'], inScript, ['22012', '3 rows']],
  ];

  it.each(cases)('%s: %s %o', async (_id, statements, how, expected) => {
    const { id, placement } = stage.targets.victim;
    const answers = await run(statements({ id, schema: placement.schema }), how);
    const words = answers.map((answer) => ('error' in answer ? answer.error.code : `${answer.rows.length} rows`));
    expect(words).toEqual(expected.map((word) => (typeof word === 'string' ? word : expect.stringMatching(word))));
    for (const secret of stage.secrets) expect(JSON.stringify(answers)).not.toContain(secret);
    expect(await stage.truth()).toEqual(truth);
    expect(await stage.sql.run(stage.targets.victim, 'update tickets set description = description returning title')).toHaveLength(3);
  });
});
