import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { AttackStage, allOf, codeOf } from '#testing/attacks/attack-stage.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

const INSERT = 'insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), $2, now(), now())';
const ourCode = (error: unknown): string => (error as { code: string }).code;

describe.each(TIERS)('a connection of the %s tier that goes wrong under one tenant', (tier) => {
  let stage: AttackStage;
  let usual: Awaited<ReturnType<AttackStage['victimSees']>>;

  beforeAll(async () => {
    stage = await AttackStage.open(tier, { STATEMENT_DEADLINE_MS: '500' });
    usual = await stage.victimSees();
  });
  afterAll(() => stage.close());
  afterEach(async () => {
    const { alone, written } = await stage.victimSees();
    expect({ alone, written }).toEqual({ alone: usual.alone, written: usual.written });
    for (const { total, waiting } of Object.values(stage.test.platform.registry.stats())) {
      expect(waiting).toBe(0);
      expect(total).toBeLessThanOrEqual(1);
    }
  });

  const kill = (pid: unknown): Promise<unknown> => {
    const { cluster, database } = stage.targets.me.placement;
    const { provisionUrl } = stage.test.platform.clusters.find(({ name }) => name === cluster)!;
    return withSession(atDatabase(String(provisionUrl), database), (session) =>
      session.query('select pg_terminate_backend($1, 1000)', [pid]),
    );
  };
  const own = async (): Promise<number> => (await stage.sql.run(stage.targets.me, 'select title from tickets')).length;

  it('is not lent again after a deadline inside a transaction (C2)', async () => {
    const left = stage.sql.transaction(stage.targets.me, async (run) => {
      await run(INSERT, [stage.targets.me.id, 'lost']);
      await run('select pg_sleep(3600)');
    });
    expect(await left.catch(ourCode)).toBe('tenant.unavailable');
    expect(await own()).toBe(3);
  });

  it('is given back by a request that nobody waits for any more (C3)', async () => {
    const abandoned = stage.sql.run(stage.targets.me, 'select pg_sleep(0.2)');
    expect(await stage.sql.run(stage.targets.victim, 'select title from tickets')).toHaveLength(3);
    expect(await abandoned).toHaveLength(1);
  });

  it('keeps a plan for each home when tenants take turns with one text (C11)', async () => {
    const { me, victim } = stage.targets;
    for (let turn = 0; turn < 12; turn += 1) {
      for (const tenant of [me, victim]) {
        const rows = await stage.sql.run(tenant, 'select tenant_id from tickets where title <> $1 order by id', ['none']);
        expect(rows).toEqual(Array.from({ length: 3 }, () => ({ tenant_id: tenant.id })));
      }
    }
  });

  it('is replaced when its backend ended before a transaction began (C14)', async () => {
    const [idle] = await stage.sql.run(stage.targets.me, 'select pg_backend_pid() as pid');
    await kill(idle?.['pid']);
    const served = await stage.sql
      .transaction(stage.targets.me, (run) => run('select pg_backend_pid() as pid, title from tickets'))
      .catch(ourCode);
    // The one that finds it dead may be told so; nobody is given anything else.
    if (typeof served === 'string') expect(served).toBe('tenant.unavailable');
    else expect(served).toHaveLength(3);
    const [next] = await stage.sql.run(stage.targets.me, 'select pg_backend_pid() as pid');
    expect(next?.['pid']).not.toBe(idle?.['pid']);
  });

  it.each([
    ['before COMMIT', 'tenant.unavailable', () => undefined],
    [
      'before ROLLBACK',
      'given up',
      () => {
        throw Object.assign(new Error('given up'), { code: 'given up' });
      },
    ],
  ])('loses the transaction when its backend ends %s, and nothing else (B8, C14)', async (_when, code, then) => {
    const lost = stage.sql.transaction(stage.targets.me, async (run) => {
      await run(INSERT, [stage.targets.me.id, 'lost']);
      const [{ pid } = {}] = await run('select pg_backend_pid() as pid');
      await kill(pid);
      then();
    });
    expect(await lost.catch(ourCode)).toBe(code);
    expect(await own()).toBe(3);
  });

  it('answers a write in a read-only transaction as a database that cannot serve, as after a failover (C15)', async () => {
    const refused: unknown[] = [];
    const left = stage.sql.transaction(stage.targets.me, async (run) => {
      await run(`select set_config('transaction_read_only', 'on', true)`);
      await run(INSERT, [stage.targets.me.id, 'lost']).catch((error: unknown) => refused.push(codeOf(error), ourCode(error)));
      throw new Error('given up');
    });
    await expect(left).rejects.toThrow('given up');
    expect(refused).toEqual(['25006', 'tenant.unavailable']);
    await stage.sql.run(stage.targets.me, INSERT, [stage.targets.me.id, 'own 4']);
    await stage.sql.run(stage.targets.me, `delete from tickets where title = 'own 4'`);
  });

  it('keeps a tenant waiting that was taken away, instead of serving it somebody else’s rows (B9)', async () => {
    const tenant = await stage.test.tenant(tier);
    await stage.test.provisioning.provisioner.remove(tenant);
    const outcome = await stage.sql.run(tenant, 'select * from tickets').then(
      (rows) => ({ rows }),
      (error: unknown) => ({ error }),
    );
    expect('error' in outcome ? ourCode(outcome.error) : outcome.rows).toMatch(/^tenant\.(unknown|unavailable)$/);
    for (const secret of stage.secrets) expect(allOf(outcome)).not.toContain(secret);
  });
});

describe('a database that says it is somebody else’s (C16)', () => {
  const reasonOf = (error: unknown): string[] => {
    const codes: string[] = [];
    for (let at = error; at instanceof Error; at = at.cause) codes.push(ourCode(at));
    return codes;
  };

  it('is refused when a secret leads to it, and when it is a clone', async () => {
    const stage = await AttackStage.open('database');
    const { me, victim } = stage.targets;
    const { secrets, clusters } = stage.test.platform;
    const [right, wrong] = [await secrets.get(String(me.placement.secret)), await secrets.get(String(victim.placement.secret))];
    const askAnew = async (): Promise<unknown> => {
      const process = await TestPlatform.open();
      const answer = await new TenantSql(process.platform).run(me, 'select title from tickets').catch(reasonOf);
      await process.close();
      return answer;
    };
    const call = (name: string): Promise<unknown> => {
      const { provisionUrl } = clusters.find((cluster) => cluster.name === me.placement.cluster)!;
      return withSession(atDatabase(String(provisionUrl), me.placement.database), (session) =>
        session.query('update tenancy.whoami set tenant_id = $1', [name]),
      );
    };
    try {
      await secrets.set(String(me.placement.secret), wrong.value);
      expect(await askAnew()).toEqual(['tenant.unavailable', 'isolation.wrong-database']);
      await secrets.set(String(me.placement.secret), right.value);
      await call(victim.id);
      expect(await askAnew()).toEqual(['tenant.unavailable', 'isolation.wrong-database']);
      await call(me.id);
      expect(await askAnew()).toHaveLength(3);
    } finally {
      await secrets.set(String(me.placement.secret), right.value);
      await stage.close();
    }
  });

  it('cannot be opened with the login of another tenant (A30)', async () => {
    const stage = await AttackStage.open('database');
    try {
      const { me, victim } = stage.targets;
      const { value } = await stage.test.platform.secrets.get(String(me.placement.secret));
      for (const database of [victim.placement.database, 'tenantry', 'tenantry_catalog', 'tenantry_template', 'postgres', 'template1']) {
        const refused = await withSession(atDatabase(value, database), () => Promise.resolve('opened')).catch(codeOf);
        expect(refused).toBe('42501');
      }
    } finally {
      await stage.close();
    }
  });
});
