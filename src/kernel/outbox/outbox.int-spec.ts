import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { specHappened } from '#testing/jobs/spec-jobs.js';
import { TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('the outbox of a tenant of the %s tier', (tier) => {
  let world: JobsWorld;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    world = await JobsWorld.open();
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    ({ acme, globex } = await world.tests.pair(tier));
  });

  const places = async (tenant: Tenant): Promise<number[]> =>
    (await world.sql(tenant, 'select seq::int as seq from tenancy.outbox where tenant_id = $1 order by seq')).map(({ seq }) => Number(seq));

  it('numbers jobs without a gap, however many commit at once', async () => {
    const payloads = Array.from({ length: 40 }, (_, n) => ({ n }));
    await Promise.all([acme, globex].map((tenant) => world.publish(tenant, payloads, 8)));
    for (const tenant of [acme, globex]) {
      const seen = await places(tenant);
      expect(seen.length).toBeGreaterThanOrEqual(40);
      expect(seen).toEqual(seen.map((_, index) => index + 1));
    }
  });

  it('lets the SQL of a tenant write nothing that is in the way of others', async () => {
    const sql = new TenantSql(world.platform);
    const insert = (times: string): Promise<unknown> =>
      sql.run(
        acme,
        `insert into tenancy.outbox (tenant_id, id, name, topic, payload, origin, state, max_attempts, due_at, created_at, error)
         select $1, gen_random_uuid(), 'x.x', 'x.x', '{}', '{}', 'dead', 1, ${times}, 'call me' from generate_series(1, 30)`,
        [acme.id],
      );
    await expect(insert(`'infinity', now()`)).rejects.toMatchObject({ code: '23514' });
    await insert(`now(), '2999-01-01'`);
    for (const column of ['created_at', 'payload', 'origin', 'tenant_id', 'seq', 'name'])
      await expect(sql.run(acme, `update tenancy.outbox set ${column} = ${column}`)).rejects.toMatchObject({ code: '42501' });
    if (tier === 'database') return;
    const { jobs } = await world.platform.overseer.troubled({ lateAfterMs: 0, atMost: 10_000 });
    expect(jobs.filter(({ tenantId }) => tenantId === acme.id)).toHaveLength(20);
    expect(jobs.every(({ createdAt }) => createdAt.getTime() < Date.now() + 60_000)).toBe(true);
  });

  it('takes a wish of one name once, from however many, and from another tenant too', async () => {
    await Promise.all(Array.from({ length: 6 }, (_, n) => world.enqueue(acme, [{ n }], { dedupe: 'once' })));
    await world.enqueue(acme, [{ n: 7 }], { dedupe: 'once' });
    await world.enqueue(globex, [{ n: 8 }], { dedupe: 'once' });
    expect([(await world.jobs(acme)).length, (await world.jobs(globex)).length]).toEqual([1, 1]);
  });

  it('keeps what is to be done with its cause, in the same transaction, or not at all', async () => {
    const { contexts, outbox } = world.platform;
    const given = world.as(acme, () =>
      contexts.transaction(async (transaction) => {
        outbox.publish(specHappened, { n: 1 });
        // The last that is done before the commit, and it fails.
        transaction.beforeCommit(async () => {
          throw new Error('given up');
        });
      }),
    );
    await expect(given).rejects.toThrow('given up');
    expect(await world.jobs(acme)).toEqual([]);
    await world.as(acme, () =>
      contexts.transaction(async (transaction) => {
        outbox.publish(specHappened, { n: 2 });
        transaction.beforeCommit(async () => {
          const rows = await transaction
            .sql<{ 'tenancy.outbox': { topic: string } }>()
            .selectFrom('tenancy.outbox')
            .select('topic')
            .execute();
          expect(rows.filter(({ topic }) => topic === specHappened.name)).toHaveLength(1);
        });
      }),
    );
    expect(await world.jobs(acme)).toMatchObject([{ payload: { n: 2 } }]);
    expect(await world.jobs(globex)).toEqual([]);
  });
});
