import pg from 'pg';
import type { AttackCase, Statement } from '#testing/attacks/attack-case.js';
import { AttackStage, type Row } from '#testing/attacks/attack-stage.js';
import { DEFINITION_CASES } from '#testing/attacks/definition.cases.js';
import { IDENTITY_CASES } from '#testing/attacks/identity.cases.js';
import { ORACLE_CASES } from '#testing/attacks/oracle.cases.js';
import { REACH_CASES } from '#testing/attacks/reach.cases.js';
import { SESSION_CASES } from '#testing/attacks/session.cases.js';
import { TIERS } from '#testing/test-platform.js';

const CASES = [...IDENTITY_CASES, ...DEFINITION_CASES, ...ORACLE_CASES, ...SESSION_CASES, ...REACH_CASES];
const WRITABLE = 'set session characteristics as transaction read write';
/** What an auditor may and no tenant: its login is its own, so what it gives away there is missed by nobody else. */
const OWN_AFFAIRS = /^drop owned by current_user$/;

describe.each(TIERS)('an auditor of the %s tier who attacks', (tier) => {
  let stage: AttackStage;
  let truth: unknown;
  let url: string;

  beforeAll(async () => {
    stage = await AttackStage.open(tier);
    truth = await stage.truth();
    const expiresAt = new Date(Date.now() + 600_000);
    ({ url } = await stage.test.platform.auditors.grant(stage.targets.me.id, {
      email: 'mallory@example.test',
      expiresAt,
      reason: 'attacks',
    }));
  });
  afterAll(() => stage.close());

  const written = (statement: Statement): { text: string; values: unknown[] } => {
    const made = typeof statement === 'string' ? statement : statement(stage.targets);
    return typeof made === 'string' ? { text: made, values: [] } : { text: made.text, values: [...made.values] };
  };

  /** Every answer, an error's words included; the login made as free as it can make itself. */
  async function perform({ script, inTransaction }: AttackCase): Promise<{ rows?: Row[]; code?: string; said: string }[]> {
    const session = new pg.Client({ connectionString: url, query_timeout: 10_000 });
    const notices: string[] = [];
    session.on('error', () => undefined);
    session.on('notice', ({ message }) => notices.push(String(message)));
    await session.connect();
    const answers: { rows?: Row[]; code?: string; said: string }[] = [];
    try {
      await session.query(WRITABLE);
      if (inTransaction) await session.query('begin');
      for (const statement of script) {
        const { text, values } = written(statement);
        try {
          const answered = await session.query<Row>(values.length > 0 ? { text, values } : text);
          const rows = [answered].flat().flatMap((result) => result.rows);
          answers.push({ rows, said: JSON.stringify(rows) });
        } catch (error) {
          const { code, message, detail, where, hint } = error as pg.DatabaseError;
          answers.push({ code: String(code), said: [message, detail, where, hint, ...notices].join('\n') });
        }
      }
    } finally {
      await session.end().catch(() => undefined);
    }
    return answers;
  }

  const wanted = ({ answers }: AttackCase): readonly string[] => ('length' in answers ? answers : answers[tier]);

  it.each(CASES.map((attack) => [`${attack.id}: ${attack.does}`, attack] as const))('%s', async (_name, attack) => {
    const answers = await perform(attack);
    for (const secret of stage.secrets) expect(answers.map(({ said }) => said).join('\n')).not.toContain(secret);
    const titles = answers.flatMap(({ rows = [] }) => rows.flatMap(({ title }) => (typeof title === 'string' ? [title] : [])));
    expect(titles.filter((title) => !title.startsWith('own'))).toEqual([]);
    // What a tenant is refused, an auditor is too.
    attack.script.forEach((statement, at) => {
      if (wanted(attack)[at] === '42501' && !OWN_AFFAIRS.test(written(statement).text))
        expect([written(statement).text, answers[at]?.code]).toEqual([written(statement).text, expect.any(String)]);
    });
    expect(await stage.truth()).toEqual(truth);
  });

  it('is told nothing of what the planner knows of anybody', async () => {
    const looks = [
      'select * from pg_stats',
      'select * from pg_stat_user_tables',
      'select * from pg_statistic',
      `select pg_relation_size('tickets')`,
    ];
    for (const text of looks) {
      const [answer] = await perform({ id: 'A11', does: text, script: [text], answers: [], connection: 'kept' });
      const about = (answer?.rows ?? []).filter(({ schemaname }) => schemaname !== 'pg_catalog' && schemaname !== 'information_schema');
      expect([text, about]).toEqual([text, []]);
    }
  });
});
