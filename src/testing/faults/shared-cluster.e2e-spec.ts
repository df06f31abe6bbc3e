import { setTimeout as pause } from 'node:timers/promises';
import { HttpDoor, type Caller } from '#testing/faults/http-door.js';
import { Load } from '#testing/faults/load.js';
import { proxiedClusters, type ProxiedClusters } from '#testing/faults/proxied-clusters.js';
import { report } from '#testing/faults/report.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform } from '#testing/test-platform.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const TERMINATIONS = 20;
const HEALED_WHEN_SERVED = 24;

describe('a shared database', () => {
  let clusters: ProxiedClusters;
  let superuser: Superuser;
  let tests: TestPlatform;
  let door: HttpDoor;
  let callers: Caller[];
  let flooder: Tenant;

  beforeAll(async () => {
    clusters = await proxiedClusters();
    superuser = await Superuser.on(clusters.provisionUrl);
    tests = await TestPlatform.open(clusters.settings);
    door = await HttpDoor.on(tests);
    callers = [];
    for (const tier of ['row', 'row', 'schema', 'schema'] as const) callers.push(await door.caller(await tests.tenant(tier)));
    flooder = await tests.tenant('row');
    await Load.of(callers, 300);
  });
  afterAll(async () => {
    await door.close();
    await tests.close();
    await superuser.close();
    await clusters.proxy.close();
  });

  const pool = () => tests.platform.registry.stats()['cluster:eu-west-1'];

  it('loses only the statements under way when its backends are terminated, and shows nobody another’s rows', async () => {
    const load = new Load([...callers, ...callers, ...callers], 1);
    let terminated = 0;
    let slowestHealing = 0;
    for (let round = 0; round < TERMINATIONS; round += 1) {
      const { served } = load;
      slowestHealing = Math.max(slowestHealing, await until(() => load.served >= served + HEALED_WHEN_SERVED, 5_000));
      terminated += await superuser.terminate(clusters.proxy);
    }
    await pause(300);
    const { failures, answers, foreign } = await load.stop();
    report(
      `${TERMINATIONS} terminations of ${terminated} backends: ${failures.length} of ${answers.length} requests failed, healed after ${slowestHealing.toFixed(0)} ms at most`,
    );
    expect(foreign).toBe(0);
    expect([...new Set(failures.map(({ status, code }) => `${status} ${code}`))]).toEqual(
      failures.length > 0 ? ['503 tenant.unavailable'] : [],
    );
    expect(failures.length).toBeLessThanOrEqual(terminated);
    expect((await Load.of(callers, 300)).failures).toEqual([]);
    expect(pool()).toMatchObject({ waiting: 0 });
    expect(pool()?.idle).toBe(pool()?.total);
    expect(clusters.proxy.openSockets).toBe(pool()?.total);
  });

  it('serves the others while one of its tenants floods it', async () => {
    const sql = new TenantSql(tests.platform);
    const calm = await Load.of(callers, 700);
    const codes = new Map<string, number>();
    let isOver = false;
    const flood = async (): Promise<void> => {
      while (!isOver) {
        const code = await sql.run(flooder, 'select pg_sleep(1.5)').then(
          () => 'answered',
          (error: unknown) => (error as { code: string }).code,
        );
        codes.set(code, (codes.get(code) ?? 0) + 1);
        await pause(20);
      }
    };
    const flooding = Promise.all(Array.from({ length: 50 }, flood));
    await pause(100);
    const during = await Load.of(callers, 4_000);
    isOver = true;
    await flooding;
    const ratio = during.p99 / calm.p99;
    report(
      `flood: others' p99 ${calm.p99.toFixed(1)} -> ${during.p99.toFixed(1)} ms (ratio ${ratio.toFixed(2)}), p50 ${calm.p50.toFixed(1)} -> ${during.p50.toFixed(1)}, ` +
        `${during.failures.length} of ${during.answers.length} failed; the flooder: ${[...codes].map(([code, times]) => `${code} ${times}`).join(', ')}`,
    );
    expect([...codes.keys()].filter((code) => !['answered', 'tenant.busy', 'tenant.unavailable'].includes(code))).toEqual([]);
    expect(codes.get('tenant.busy')).toBeGreaterThan(0);
    expect(during.p99).toBeLessThan(1_000);
    expect([during.failures, during.foreign]).toEqual([[], 0]);
    await until(() => pool()?.waiting === 0 && pool()?.idle === pool()?.total, 3_000);
  });
});
