import { setTimeout as pause } from 'node:timers/promises';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { proxiedClusters, type ProxiedClusters } from '#testing/faults/proxied-clusters.js';
import { Superuser } from '#testing/faults/superuser.js';
import { until } from '#testing/faults/until.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { specHappened } from '#testing/jobs/spec-jobs.js';

const RESTARTS = 4;

describe('a database that is restarted under load', () => {
  let clusters: ProxiedClusters;
  let superuser: Superuser;
  let world: JobsWorld;
  let tenants: Tenant[];

  beforeAll(async () => {
    clusters = await proxiedClusters();
    superuser = await Superuser.on(clusters.provisionUrl);
    world = await JobsWorld.open(clusters.settings);
    tenants = [await world.tenant('row'), await world.tenant('schema')];
  });
  afterAll(async () => {
    await world.close();
    await superuser.close();
    await clusters.proxy.close();
  });

  it('loses no write that was acknowledged and does no job twice or out of order', async () => {
    world.engine(4);
    const acknowledged = new Map(tenants.map((tenant) => [tenant, new Set<number>()]));
    let isOver = false;
    const publishing = tenants.map(async (tenant) => {
      for (let n = 0; !isOver; n += 1) {
        await publish(tenant, n).then(
          () => acknowledged.get(tenant)!.add(n),
          // What was not acknowledged may have been kept or not.
          () => undefined,
        );
        await pause(10);
      }
    });
    for (let restart = 0; restart < RESTARTS; restart += 1) {
      await moreAcknowledged(acknowledged);
      await superuser.terminate(clusters.proxy);
      await clusters.proxy.refuse();
      await pause(500);
      await clusters.proxy.pass();
    }
    await moreAcknowledged(acknowledged);
    isOver = true;
    await Promise.all(publishing);
    await until(async () => (await Promise.all(tenants.map((tenant) => world.isIdle(tenant)))).every(Boolean), 60_000);
    for (const tenant of tenants) {
      const jobs = await world.jobs(tenant);
      const kept = new Set(jobs.map(({ payload }) => payload.n));
      expect(acknowledged.get(tenant)!.size).toBeGreaterThan(20);
      expect([...acknowledged.get(tenant)!].filter((n) => !kept.has(n))).toEqual([]);
      expect(jobs.filter(({ state }) => state !== 'done')).toEqual([]);
      expect(await world.marks(tenant)).toEqual(jobs.map(({ payload }) => payload.n));
    }
  }, 120_000);

  /** Until every tenant's writes are taken again. */
  async function moreAcknowledged(acknowledged: ReadonlyMap<Tenant, ReadonlySet<number>>): Promise<void> {
    const before = new Map([...acknowledged].map(([tenant, { size }]) => [tenant, size]));
    await until(() => [...acknowledged].every(([tenant, { size }]) => size >= before.get(tenant)! + 10), 30_000);
  }

  function publish(tenant: Tenant, n: number): Promise<void> {
    const { contexts, outbox } = world.platform;
    return world.as(tenant, () => contexts.transaction(async () => outbox.publish(specHappened, { n })));
  }
});
