import type { Tenant } from '#kernel/tenancy/tenant.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TIERS, type Tier } from '#testing/test-platform.js';

const AGAIN_AFTER_MS = 60_000;

describe('the work of a tenant that the database gives out', () => {
  let world: JobsWorld;
  let globex: Tenant;

  beforeEach(async () => {
    world = await JobsWorld.open();
    globex = await world.tenant('row');
    await world.enqueue(globex, [{ n: 7 }]);
  });
  afterEach(async () => {
    expect(await world.jobs(globex)).toMatchObject([{ state: 'pending', attempt: 0 }]);
    await world.close();
  });

  /** A tenant without the jobs that its making caused. */
  async function quiet(tier: Tier): Promise<Tenant> {
    const tenant = await world.tenant(tier);
    await world.sql(tenant, `delete from tenancy.outbox where tenant_id = $1`);
    return tenant;
  }

  /** The numbers of those that are given out now, in their order, each with its attempt. */
  async function given(tenant: Tenant, atMost = 10): Promise<[n: number, attempt: number][]> {
    const kinds = [world.jobsOf.ordered, world.jobsOf.free].map(({ job }) => job.name);
    const rows = await new TenantSql(world.platform).run(
      tenant,
      'select id, attempt from tenancy.dispatch($1::integer, make_interval(secs => $2::float8), $3::text[])',
      [atMost, AGAIN_AFTER_MS / 1_000, kinds],
    );
    const known = new Map((await world.jobs(tenant)).map(({ id, payload }) => [id, payload.n]));
    return rows
      .map(({ id, attempt }): [number, number] => [known.get(String(id)) ?? -1, Number(attempt)])
      .sort(([one], [other]) => one - other);
  }

  const make = (tenant: Tenant, n: number, said: string): Promise<unknown> =>
    world.sql(tenant, `update tenancy.outbox set ${said} where tenant_id = $1 and payload::jsonb ->> 'n' = $2`, String(n));

  it.each(TIERS)('is as much as may be under way, and more when some of it has ended (%s)', async (tier) => {
    const acme = await quiet(tier);
    await world.enqueue(acme, [{ n: 1 }, { n: 2 }, { n: 3 }, { n: 4 }]);
    expect(await given(acme, 2)).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(await given(acme, 2)).toEqual([]);
    await make(acme, 1, `state = 'running', lease_until = now() + interval '1 minute'`);
    expect(await given(acme, 2)).toEqual([]);
    await make(acme, 1, `state = 'done', lease_until = null`);
    expect(await given(acme, 2)).toEqual([[3, 1]]);
  });

  it.each(TIERS)('is the first of its lane, and the next when that has ended (%s)', async (tier) => {
    const acme = await quiet(tier);
    await world.publish(acme, [{ n: 1 }, { n: 2 }]);
    await world.enqueue(acme, [{ n: 3 }]);
    expect(await given(acme)).toEqual([
      [1, 1],
      [3, 1],
    ]);
    for (const said of [`state = 'queued'`, `state = 'running'`, `state = 'pending', due_at = now() + interval '1 minute'`]) {
      await make(acme, 1, `${said}, lease_until = now() + interval '1 minute'`);
      expect([said, await given(acme)]).toEqual([said, []]);
    }
    await make(acme, 1, `state = 'dead'`);
    expect(await given(acme)).toEqual([[2, 1]]);
  });

  it('is given out once more as it was when nobody has begun it, and a sweep sees that', async () => {
    const acme = await quiet('schema');
    await world.enqueue(acme, [{ n: 1 }]);
    expect(await given(acme)).toEqual([[1, 1]]);
    const seen = async (): Promise<boolean> => (await world.platform.overseer.tenantsWithWork(AGAIN_AFTER_MS)).includes(acme.id);
    expect([await seen(), await given(acme)]).toEqual([false, []]);
    await make(acme, 1, `queued_at = now() - interval '2 minutes'`);
    expect([await seen(), await given(acme)]).toEqual([true, [[1, 1]]]);
  });

  it.each(['row', 'schema'] as const)('is neither swept nor late while nobody may work for the tenant (%s)', async (tier) => {
    const acme = await quiet(tier);
    const { provisioner } = world.tests.provisioning;
    const { overseer } = world.platform;
    await world.enqueue(acme, [{ n: 1 }, { n: 2 }]);
    await make(acme, 1, `state = 'running', lease_until = now() - interval '1 second', due_at = now() - interval '1 hour'`);
    await make(acme, 2, `state = 'dead'`);
    const seen = async (): Promise<[boolean, string[]]> => [
      (await overseer.tenantsWithWork(AGAIN_AFTER_MS)).includes(acme.id),
      (await overseer.troubled({ lateAfterMs: 60_000, atMost: 10_000 })).jobs
        .filter(({ tenantId }) => tenantId === acme.id)
        .map(({ state }) => state)
        .sort(),
    ];
    const found = [true, ['dead', 'running']];
    expect(await seen()).toEqual(found);
    await provisioner.setStatus(acme.id, 'suspended');
    expect(await seen()).toEqual([false, []]);
    await provisioner.setStatus(acme.id, 'active');
    // What was running when it was closed is given out anew.
    expect(await seen()).toEqual([true, ['dead', 'pending']]);
    await provisioner.setStatus(acme.id, 'cancelled');
    expect(await seen()).toEqual([false, []]);
  });

  it('is the next attempt at what a worker lost, until it was lost on its last', async () => {
    const acme = await quiet('row');
    await world.enqueue(acme, [{ n: 1 }]);
    await given(acme);
    for (const attempt of [2, 3]) {
      await make(acme, 1, `state = 'running', lease_until = now() - interval '1 second'`);
      expect(await given(acme)).toEqual([[1, attempt]]);
    }
    await make(acme, 1, `state = 'running', lease_until = now() - interval '1 second'`);
    expect(await given(acme)).toEqual([]);
    expect(await world.jobs(acme)).toMatchObject([{ state: 'dead', attempt: 3, error: expect.stringContaining('jobs.lost') }]);
  });
});
