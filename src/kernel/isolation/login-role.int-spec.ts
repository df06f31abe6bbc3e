import { jest } from '@jest/globals';
import pg from 'pg';
import type { Statement } from '#testing/attacks/attack-case.js';
import { AttackStage } from '#testing/attacks/attack-stage.js';

const ALTERATIONS = [
  `set search_path to 'pg_temp'`,
  `set role to 'tenantry_tenant'`,
  `set default_transaction_read_only to on`,
  `set statement_timeout to '1ms'`,
  `in database tenantry set row_security to off`,
  `in database tenantry set role to 'tenantry_tenant'`,
  `in database postgres set role to 'tenantry_tenant'`,
  `password 'stolen'`,
  `password null`,
];
const LOGIN = 'tenantry_app';
/** Ways to leave the connection that did it in no state to undo it. */
const ESCAPES: Record<string, readonly Statement[]> = {
  'in a request of its own': [],
  'and a transaction left open': ['begin'],
  'and the prologue thrown away': ['deallocate all'],
  'and a statement that does not end': ['select pg_sleep(3600)'],
};

// In the other region: whoever uses these servers at the same moment may be refused for some milliseconds.
describe('a tenant that alters the login role it shares with others (A19, A20)', () => {
  let stage: AttackStage;
  let usual: Awaited<ReturnType<AttackStage['victimSees']>>;
  let truth: unknown;

  beforeAll(async () => {
    stage = await AttackStage.open('row', { STATEMENT_DEADLINE_MS: '900' }, 'us-east');
    usual = await stage.victimSees();
    truth = await stage.truth();
  });
  afterAll(() => stage.close());

  const cluster = () => stage.test.platform.clusters.find(({ name }) => name === stage.targets.me.placement.cluster)!;
  const persisted = async (): Promise<unknown[]> => {
    const provisioning = new pg.Client({ connectionString: String(cluster().provisionUrl) });
    await provisioning.connect();
    const { rows } = await provisioning.query(
      `select s.* from pg_db_role_setting s join pg_roles r on r.oid = s.setrole where r.rolname = $1`,
      [LOGIN],
    );
    await provisioning.end();
    return rows;
  };
  const logsIn = async (): Promise<boolean> => {
    const login = new pg.Client({ connectionString: cluster().appUrl });
    await login.connect();
    await login.end();
    return true;
  };

  const cases = ALTERATIONS.flatMap((alteration) =>
    Object.entries(ESCAPES)
      .filter(([how]) => how === 'in a request of its own' || alteration.startsWith('password'))
      .map(([how, then]) => ({ alteration, how, then })),
  );

  it.each(cases)('$alteration $how: others are served, the role is as it was, and an alert is raised', async ({ alteration, then }) => {
    const warn = jest.spyOn(stage.test.platform.log, 'warn');
    const alter = `alter role ${LOGIN} ${alteration}`;
    const script = then.length > 0 ? ['commit', alter, ...then] : [alter];
    await stage.perform({ id: 'A20', does: alter, script, answers: [], inTransaction: then.length > 0, connection: 'replaced' });

    const { pid, ...sees } = await stage.victimSees();
    expect(sees).toEqual({ alone: usual.alone, written: usual.written });
    expect(pid).not.toBe(usual.pid);
    usual = { ...usual, pid };
    expect(await stage.truth()).toEqual(truth);
    expect(await persisted()).toEqual([]);
    expect(await logsIn()).toBe(true);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ alert: 'isolation.session-command', restored: true }), expect.any(String));
    warn.mockRestore();
  });

  it('cannot alter any other role, nor give its own more', async () => {
    const statements = [
      'alter role tenantry_migrator password null',
      `alter role postgres set role to 'x'`,
      `alter role ${LOGIN} createdb`,
      `alter role ${LOGIN} connection limit 0`,
      `alter role ${LOGIN} valid until '2000-01-01'`,
      `alter role ${LOGIN} nologin`,
      `alter role ${LOGIN} rename to other`,
      'alter role all set statement_timeout to 1',
    ];
    const outcomes = await stage.perform({ id: 'A20', does: 'alters', script: statements, answers: [], connection: 'kept' });
    expect(outcomes.map((outcome) => stage.inWordsOf('done', outcome))).toEqual([
      '42501',
      '42501',
      '42501',
      '42501',
      '42501',
      '42501',
      '0A000',
      '42501',
    ]);
  });
});

describe('a tenant that alters the login role of its own database (A19, A20)', () => {
  it('is served by it afterwards as before', async () => {
    const stage = await AttackStage.open('database', {}, 'us-east');
    try {
      const login = stage.targets.me.placement.database;
      for (const alteration of [`password 'stolen'`, `set search_path to 'pg_temp'`]) {
        await stage.perform({
          id: 'A20',
          does: alteration,
          script: [`alter role "${login}" ${alteration}`],
          answers: [],
          connection: 'replaced',
        });
        expect(await stage.sql.run(stage.targets.me, 'select current_user from tickets')).toHaveLength(3);
      }
    } finally {
      await stage.close();
    }
  });
});
