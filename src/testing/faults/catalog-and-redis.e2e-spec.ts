import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { HttpDoor, type Answer, type Caller } from '#testing/faults/http-door.js';
import { Load } from '#testing/faults/load.js';
import { proxiedClusters, type ProxiedClusters } from '#testing/faults/proxied-clusters.js';
import { report } from '#testing/faults/report.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TestPlatform } from '#testing/test-platform.js';

const OUTAGES = {
  'refuses connections': (proxy: TcpProxy) => proxy.refuse(),
  'accepts and never answers': (proxy: TcpProxy) => proxy.silence(),
  'is gone from the network': (proxy: TcpProxy) => proxy.vanish(),
};
const kinds = Object.keys(OUTAGES) as (keyof typeof OUTAGES)[];

const slowest = (answers: readonly Answer[]): number => Math.max(...answers.map(({ milliseconds }) => milliseconds));

describe('what every request needs', () => {
  let tests: TestPlatform;
  let known: Caller[];

  beforeAll(async () => {
    tests = await TestPlatform.open();
  });
  afterAll(() => tests.close());

  /** One caller of each tier, through another process' door. */
  async function callersAt(door: HttpDoor): Promise<Caller[]> {
    const callers: Caller[] = [];
    for (const tier of ['row', 'schema', 'database'] as const) {
      const tenant = await tests.tenant(tier);
      callers.push(door.callerWith(tenant, await tests.apiKey(tenant)));
    }
    for (const caller of callers) await caller.open();
    return callers;
  }

  /** A name that nobody has asked for before. */
  function stranger(door: HttpDoor): Caller {
    return door.callerWith({ ...known[0]!.tenant, slug: `nobody-${randomBytes(4).toString('hex')}` }, 'tn_x');
  }

  describe('the catalog', () => {
    let proxy: TcpProxy;
    let elsewhere: TestPlatform;
    let door: HttpDoor;

    beforeAll(async () => {
      const url = process.env['CATALOG_DATABASE_URL']!;
      proxy = await TcpProxy.to(url);
      // One second, so that what is known gets old during the outage.
      elsewhere = await TestPlatform.open({ CATALOG_DATABASE_URL: proxy.through(url), TENANT_CACHE_TTL_SECONDS: '1' });
      door = await HttpDoor.on(elsewhere);
      known = await callersAt(door);
    });
    afterAll(async () => {
      await door.close();
      await elsewhere.close();
      await proxy.close();
    });

    it.each(kinds)('keeps known tenants served, and answers for unknown ones that it cannot tell, when it %s', async (kind) => {
      await Load.of(known, 300);
      await OUTAGES[kind](proxy);
      const load = new Load(known);
      const answers = await Promise.all(Array.from({ length: 8 }, () => stranger(door).list()));
      await pause(1_500);
      const { failures, foreign, p99 } = await load.stop();
      report(`catalog ${kind}: strangers' slowest 503 after ${slowest(answers).toFixed(0)} ms; known tenants' p99 ${p99.toFixed(1)} ms`);
      expect([failures, foreign]).toEqual([[], 0]);
      for (const { status, code, retryAfter } of answers) expect([status, code, retryAfter]).toEqual([503, 'catalog.unavailable', '5']);
      expect(slowest(answers)).toBeLessThan(2_000);
      expect(await door.health()).toMatchObject({ status: 'down', checks: { catalog: { status: 'down' } } });
      await proxy.pass();
      await until(async () => (await stranger(door).list()).status === 404, 5_000);
    });
  });

  describe('Redis', () => {
    let proxy: TcpProxy;
    let clusters: ProxiedClusters;
    let superuser: Superuser;
    let elsewhere: TestPlatform;
    let door: HttpDoor;

    beforeAll(async () => {
      const { REDIS_URL, REDIS_CACHE_URL } = process.env as Record<string, string>;
      proxy = await TcpProxy.to(REDIS_URL!);
      clusters = await proxiedClusters();
      superuser = await Superuser.on(clusters.provisionUrl);
      elsewhere = await TestPlatform.open({
        ...clusters.settings,
        REDIS_URL: proxy.through(REDIS_URL!),
        REDIS_CACHE_URL: proxy.through(REDIS_CACHE_URL!),
      });
      door = await HttpDoor.on(elsewhere);
      known = await callersAt(door);
    });
    afterAll(async () => {
      await door.close();
      await elsewhere.close();
      await superuser.close();
      await proxy.close();
      await clusters.proxy.close();
    });

    it.each(kinds)('is done without when it %s', async (kind) => {
      await OUTAGES[kind](proxy);
      // No connection is left from before, so that new ones have to be had without it.
      await superuser.terminate(clusters.proxy);
      await until(() => clusters.proxy.openSockets === 0, 2_000);
      const load = new Load([...known, ...known, ...known, ...known]);
      let mostBackends = 0;
      for (let looked = 0; looked < 20; looked += 1) {
        mostBackends = Math.max(mostBackends, await superuser.count(clusters.proxy));
        await pause(100);
      }
      const { failures, foreign, p99, answers } = await load.stop();
      const health = await door.health();
      report(
        `redis ${kind}: p99 ${p99.toFixed(1)} ms of ${answers.length}, slowest ${slowest(answers).toFixed(0)} ms, ${mostBackends} connections opened`,
      );
      expect([failures, foreign]).toEqual([[], 0]);
      const degraded = { status: 'degraded' };
      expect(health).toMatchObject({ status: 'degraded', checks: { redis: degraded, rateLimits: degraded, lockout: degraded } });
      // Its own floor, and not the budget that it cannot ask for.
      expect(mostBackends).toBeGreaterThan(0);
      expect(mostBackends).toBeLessThanOrEqual(4);
      await proxy.pass();
      // Somebody who is not known here makes the shared cache be tried again.
      await until(async () => (await stranger(door).list()).status === 404 && (await door.health()).status === 'up', 8_000);
    });
  });
});
