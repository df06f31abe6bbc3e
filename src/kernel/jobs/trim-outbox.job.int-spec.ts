import { TrimOutbox } from '#kernel/jobs/trim-outbox.job.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { TIERS } from '#testing/test-platform.js';

describe('the trim of the outbox', () => {
  let world: JobsWorld;

  beforeAll(async () => {
    world = await JobsWorld.open();
  });
  afterAll(() => world.close());

  it.each(TIERS)('takes away what ended long ago, and nothing else and of nobody else (%s)', async (tier) => {
    const { acme, globex } = await world.tests.pair(tier);
    for (const tenant of [acme, globex]) {
      await world.publish(
        tenant,
        [0, 1, 2, 3, 4, 5, 6].map((n) => ({ n })),
      );
      await world.sql(
        tenant,
        `update tenancy.outbox set created_at = now() - interval '200 days', due_at = now() - interval '200 days',
           state = (array['pending', 'queued', 'running', 'done', 'done', 'dead', 'dead'])[1 + (payload::json ->> 'n')::integer],
           finished_at = now() - (array[null, null, null, '6 days', '8 days', '89 days', '91 days'])[1 + (payload::json ->> 'n')::integer]::interval
         where tenant_id = $1 and name like 'spec.%'`,
      );
    }
    await world.as(acme, () => new TrimOutbox(world.platform.contexts).handle({}, { signal: new AbortController().signal }));
    expect((await world.jobs(acme)).map(({ payload }) => payload.n)).toEqual([0, 1, 2, 3, 5]);
    expect(await world.jobs(globex)).toHaveLength(7);
  });
});
