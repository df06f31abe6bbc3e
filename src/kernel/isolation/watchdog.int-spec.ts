import { setTimeout as pause } from 'node:timers/promises';
import { AttackStage, codeOf } from '#testing/attacks/attack-stage.js';
import type { Statement } from '#testing/attacks/attack-case.js';
import { TIERS } from '#testing/test-platform.js';

const DEADLINE_MS = 1_000;
const ENDLESS: Record<string, readonly Statement[]> = {
  'a sleep': ['select pg_sleep(3600)'],
  'a billion rows': ['select count(*) from generate_series(1, 1000000000)'],
  'a join without end': ['select count(*) from pg_class a, pg_class b, pg_class c, pg_class d'],
  'a recursion without end': ['with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r'],
  'a sleep without a statement timeout': [
    `select set_config('statement_timeout', '0', true), set_config('transaction_timeout', '0', true), set_config('client_connection_check_interval', '0', true)`,
    'select pg_sleep(3600)',
  ],
  'a sleep behind a lock on the shared table': ['select * from tickets for update', 'select pg_sleep(3600)'],
};

// A pool of eight, because the question is what others have while one connection is taken.
describe.each(TIERS)('a statement without end in the %s tier (A26)', (tier) => {
  let stage: AttackStage;

  beforeAll(async () => {
    stage = await AttackStage.open(tier, {
      STATEMENT_DEADLINE_MS: String(DEADLINE_MS),
      CONNECTIONS_PER_CLUSTER_POOL: '8',
      CONNECTIONS_PER_DATABASE_POOL: '4',
    });
  });
  afterAll(() => stage.close());

  it.each(Object.entries(ENDLESS))('is cut within twice the deadline, and others go on: %s', async (_name, script) => {
    const { victim } = stage.targets;
    const began = performance.now();
    const attacks = { under: 1 };
    const attack = stage
      .perform({ id: 'A26', does: 'goes on', script, answers: [], inTransaction: true, connection: 'replaced' })
      .finally(() => (attacks.under -= 1));
    const slowest = { ms: 0 };
    while (attacks.under > 0) {
      const asked = performance.now();
      expect(await stage.sql.run(victim, 'select title from tickets')).toHaveLength(3);
      slowest.ms = Math.max(slowest.ms, performance.now() - asked);
      await pause(20);
    }
    const outcomes = await attack;
    const last = outcomes.at(-1)!;
    expect('error' in last ? (last.error as { code: string }).code : 'done').toBe('tenant.unavailable');
    expect(performance.now() - began).toBeLessThan(2 * DEADLINE_MS);
    expect(slowest.ms).toBeLessThan(DEADLINE_MS / 2);
    expect(await stage.stillRuns()).toEqual([]);
  });

  it.each([
    'lock table tickets in access exclusive mode',
    'LOCK tickets',
    'create rule r as on insert to tenancy.fence do instead nothing',
    'alter table tickets add column x int',
    'truncate tickets',
    '/* */ lock table tickets',
    '-- a comment\nlock table tickets',
  ])('is refused before it is sent when it would queue for a lock: %s', async (text) => {
    const { me, victim } = stage.targets;
    const holder = stage.sql.transaction(victim, async (run) => {
      await run('select count(*) from tickets');
      await pause(DEADLINE_MS / 2);
    });
    const asked = performance.now();
    expect(await stage.sql.run(me, text).catch(codeOf)).toBe('42501');
    expect(performance.now() - asked).toBeLessThan(DEADLINE_MS / 2);
    await holder;
  });

  it('ends a transaction that is left open, whatever it set for itself', async () => {
    const short = await AttackStage.open(tier, { TRANSACTION_TIMEOUT_MS: '400' });
    try {
      const began = performance.now();
      const left = short.sql.transaction(short.targets.me, async (run) => {
        await run(`select set_config('transaction_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`);
        await pause(900);
        await run('select 1');
      });
      await expect(left).rejects.toThrow();
      expect(await short.sql.run(short.targets.victim, 'select title from tickets')).toHaveLength(3);
      expect(performance.now() - began).toBeLessThan(2_500);
    } finally {
      await short.close();
    }
  });
});
