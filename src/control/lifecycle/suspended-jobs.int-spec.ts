import type { Tenant } from '#kernel/tenancy/tenant.js';
import { report } from '#testing/faults/report.js';
import { until } from '#testing/faults/until.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { TIERS } from '#testing/test-platform.js';

const WHY = { cause: 'operator', reason: 'a spec' } as const;
/** Of the free job of the specs. */
const ATTEMPTS = 3;

describe.each(TIERS)('a job that runs while its tenant is suspended on the %s tier', (tier) => {
  let world: JobsWorld;

  beforeAll(async () => {
    world = await JobsWorld.open();
  });
  afterAll(() => world.close());

  const state = async (tenant: Tenant): Promise<string | undefined> => (await world.jobs(tenant))[0]?.state;

  it('stops within a second, waits, and is done once the tenant is back, as if it had never been tried', async () => {
    const { acme, globex } = await world.tests.pair(tier);
    // In another process, which hears of it.
    const { lifecycle } = world.tests.platform;
    world.engine(4);
    await world.enqueue(globex, [{ n: 1, ms: 15_000 }]);
    await world.enqueue(acme, [{ n: 1, ms: 2_500 }]);
    const times: number[] = [];
    const rounds = ATTEMPTS + 1;
    for (let round = 1; round <= rounds; round += 1) {
      await until(async () => (await state(acme)) === 'running', 30_000);
      const begun = performance.now();
      await lifecycle.suspend(acme.id, WHY);
      await until(async () => (await state(acme)) === 'pending', 10_000);
      times.push(performance.now() - begun);
      expect(await world.marks(acme, 'free')).toEqual([]);
      await lifecycle.reinstate(acme.id, WHY);
    }
    // The middle one, since a busy machine may be late once.
    expect(times.toSorted((a, b) => a - b)[1]).toBeLessThan(1_000);
    report(`a running job is parked (${tier}): ${times.map((time) => time.toFixed(0)).join(', ')} ms after the suspension was asked for`);
    await until(async () => (await state(acme)) === 'done', 40_000);
    expect([await world.marks(acme, 'free'), (await world.jobs(acme))[0]?.attempt]).toEqual([[1], rounds + 1]);
    await until(async () => (await state(globex)) === 'done', 40_000);
    expect([await world.marks(globex, 'free'), (await world.jobs(globex))[0]?.attempt]).toEqual([[1], 1]);
  });
});
