import { setTimeout as pause } from 'node:timers/promises';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { HASTY, JobsWorld } from '#testing/jobs/jobs-world.js';
import { WorkerCrowd } from '#testing/jobs/worker-crowd.js';

const KILLS = Number(process.env['SPEC_KILLS'] ?? 5);
/** A worker needs seconds to start on a busy machine, and every kill costs one. */
const WITHIN_MS = 120_000 + KILLS * 6_000;

describe('workers that are killed with -9 at every point of a job', () => {
  let world: JobsWorld;
  let tenants: Tenant[];
  let crowd: WorkerCrowd;

  beforeEach(async () => {
    world = await JobsWorld.open();
    tenants = [await world.tenant('row'), await world.tenant('schema')];
  });
  afterEach(async () => {
    await crowd.close();
    await world.close();
  });

  it(
    'lose nothing, do nothing twice and turn no order round',
    async () => {
      crowd = new WorkerCrowd({ world: world.name, patience: HASTY, concurrency: 4 }, { workers: 4, kills: KILLS });
      let n = 0;
      while (!crowd.hasEnough) {
        const batch = Array.from({ length: 20 }, () => ({ n: n++ }));
        // Three commits at once, so that who commits first is not who began first.
        await Promise.all(tenants.map((tenant) => world.publish(tenant, batch, 3)));
        await until(async () => crowd.hasEnough || (await allIdle()), WITHIN_MS);
      }
      await until(allIdle, WITHIN_MS);
      expect(crowd.killed).toBeGreaterThanOrEqual(KILLS);
      expect(Object.values(crowd.kills).every((count) => count > 0)).toBe(true);
      for (const tenant of tenants) {
        const jobs = await world.jobs(tenant);
        expect(jobs.filter(({ state }) => state !== 'done')).toEqual([]);
        expect(jobs).toHaveLength(n);
        expect(await world.marks(tenant)).toEqual(jobs.map(({ payload }) => payload.n));
      }
    },
    WITHIN_MS * 2,
  );

  it(
    'or that go silent for longer than their lease are taken over from, and their late commit is refused',
    async () => {
      crowd = new WorkerCrowd({ world: world.name, patience: HASTY, concurrency: 4 }, { workers: 2, kills: 0 });
      const [acme, globex] = tenants as [Tenant, Tenant];
      const [before, beside] = [await world.marks(acme), await world.marks(globex)];
      await world.publish(acme, [{ n: -1, blockMs: HASTY.leaseMs * 3 }, { n: -2 }]);
      await world.publish(globex, [{ n: -3 }]);
      await until(allIdle, WITHIN_MS);
      const [blocked] = (await world.jobs(acme)).filter(({ payload }) => payload.n === -1);
      expect(blocked).toMatchObject({ state: 'done' });
      expect(blocked!.attempt).toBeGreaterThan(1);
      // Until the silent one has spoken and was refused.
      await pause(HASTY.leaseMs * 2);
      expect(await world.marks(acme)).toEqual([...before, -1, -2]);
      expect(await world.marks(globex)).toEqual([...beside, -3]);
    },
    WITHIN_MS * 2,
  );

  async function allIdle(): Promise<boolean> {
    expect(crowd.failures).toBe(0);
    const idle = await Promise.all(tenants.map((tenant) => world.isIdle(tenant)));
    return idle.every(Boolean);
  }
});
