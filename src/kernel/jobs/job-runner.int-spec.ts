import { BullMqTransport } from '#adapters/bullmq/bullmq-transport.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { JobTry } from '#kernel/jobs/job-handler.js';
import { JobRow } from '#kernel/jobs/job-row.js';
import { TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { HASTY, JobsWorld, prefixOf } from '#testing/jobs/jobs-world.js';
import { TIERS } from '#testing/test-platform.js';

describe('a job', () => {
  let world: JobsWorld;
  let acme: Tenant;
  let globex: Tenant;

  beforeEach(async () => {
    world = await JobsWorld.open();
    [acme, globex] = [await world.tenant('row'), await world.tenant('schema')];
  });
  afterEach(() => world.close());

  const ended = (...tenants: Tenant[]): Promise<number> =>
    until(async () => (await Promise.all(tenants.map((tenant) => world.isIdle(tenant)))).every(Boolean), 30_000);

  it.each(TIERS)('of a tenant of tier %s is done once, in the order of the commits that caused it', async (tier) => {
    const mine = await world.tenant(tier);
    world.engine(4);
    await world.publish(mine, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await world.publish(globex, [{ n: 7 }]);
    await ended(mine, globex);
    expect(await world.jobs(mine)).toMatchObject([1, 2, 3].map((n) => ({ state: 'done', attempt: 1, payload: { n } })));
    expect(await world.marks(mine)).toEqual([1, 2, 3]);
    expect(await world.marks(globex)).toEqual([7]);
  });

  it('leaves nothing of an attempt that failed, and takes effect with the next one', async () => {
    world.engine(4);
    await world.publish(acme, [{ n: 1, fails: 'once' }, { n: 2 }]);
    await ended(acme);
    expect(await world.jobs(acme)).toMatchObject([
      { state: 'done', attempt: 2, error: null },
      { state: 'done', attempt: 1 },
    ]);
    expect(await world.marks(acme)).toEqual([1, 2]);
  });

  it('that can never be done is laid aside at once with its reason, and its lane goes on without it', async () => {
    world.engine(4);
    await world.publish(acme, [{ n: 1 }, { n: 2, fails: 'hopelessly' }, { n: 3 }]);
    await world.publish(globex, [{ n: 1 }]);
    await ended(acme, globex);
    expect((await world.jobs(acme))[1]).toMatchObject({ state: 'dead', attempt: 1, error: 'jobs.unrecoverable: it can never be done' });
    expect(await world.marks(acme)).toEqual([1, 3]);
    expect(await world.marks(globex)).toEqual([1]);
  });

  it('is dead after its last attempt, and keeps nobody else waiting meanwhile', async () => {
    world.engine(4);
    await world.enqueue(acme, [{ n: 1, fails: 'always' }, { n: 2 }]);
    await world.publish(acme, [{ n: 3 }]);
    await until(async () => (await world.count(acme, 'done')) === 2, 10_000);
    expect(await world.count(acme, 'dead')).toBe(0);
    await ended(acme);
    expect((await world.jobs(acme)).find(({ payload }) => payload.n === 1)).toMatchObject({
      state: 'dead',
      attempt: 3,
      error: 'Error: it failed on purpose',
    });
    expect(await world.marks(acme, 'free')).toEqual([2]);
  });

  it('that its asker may not have done any more is dead with the reason, and never begun', async () => {
    world.engine(4, { gate: { refusal: ({ name }) => Promise.resolve(`Nothing allows ${name}.`) } });
    await world.publish(acme, [{ n: 1 }]);
    await ended(acme);
    expect(await world.jobs(acme)).toMatchObject([{ state: 'dead', error: expect.stringContaining('Nothing allows spec:run.') }]);
    expect(await world.marks(acme)).toEqual([]);
  });

  it('of a kind that this release does not know is not given out, and waits with all its attempts when it comes all the same', async () => {
    world.engine(4);
    await world.publish(acme, [{ n: 1 }]);
    await ended(acme);
    await world.sql(
      acme,
      `update tenancy.outbox set name = 'spec.later', lane = 'spec.later', state = 'pending', attempt = 0 where tenant_id = $1 and name like 'spec.%'`,
    );
    await world.publish(acme, [{ n: 2 }]);
    await until(async () => (await world.count(acme, 'done')) === 1, 10_000);
    expect((await world.jobs(acme))[0]).toMatchObject({ state: 'pending', attempt: 0, error: null });
    await world.sql(
      acme,
      `update tenancy.outbox set state = 'queued', queued_at = now(), attempt = 1 where tenant_id = $1 and name = 'spec.later'`,
    );
    const transport = new BullMqTransport<JobDelivery>(
      'tenant-work',
      { url: world.platform.config.REDIS_URL, prefix: `${prefixOf(world.name)}bull` },
      world.platform.log,
    );
    await transport.deliver([{ tenantId: acme.id, id: (await world.jobs(acme))[0]!.id, attempt: 1 }]);
    await until(async () => (await world.jobs(acme))[0]?.state === 'pending', 10_000);
    expect((await world.jobs(acme))[0]).toMatchObject({ attempt: 1, error: expect.stringContaining('jobs.unknown-kind') });
    expect(await world.sql(acme, `select max_attempts from tenancy.outbox where tenant_id = $1 and name = 'spec.later'`)).toEqual([
      { max_attempts: 201 },
    ]);
    await transport.close();
  });

  it('of a suspended tenant waits where it is kept, and goes on when the tenant does', async () => {
    const { provisioner } = world.tests.provisioning;
    await world.publish(acme, [{ n: 1 }]);
    await provisioner.setStatus(acme.id, 'suspended');
    world.engine(4);
    await world.publish(globex, [{ n: 1 }]);
    await ended(globex);
    expect(await world.jobs(acme)).toMatchObject([{ state: 'pending', attempt: 0 }]);
    await provisioner.setStatus(acme.id, 'active');
    await ended(acme);
    expect(await world.marks(acme)).toEqual([1]);
  });

  it('whose commit was kept and not answered is done, and not done again', async () => {
    const unanswered: TenantContextFactory = Object.create(world.platform.contexts, {
      transaction: {
        value: async (work: (transaction: TenantTransaction) => Promise<unknown>) => {
          const isOuter = !TenantTransaction.current();
          const result = await world.platform.contexts.transaction(work);
          if (isOuter) throw new TenantUnavailableError('connection lost');
          return result;
        },
      },
    }) as TenantContextFactory;
    world.engine(4, {}, { ...world.platform, contexts: unanswered });
    await world.publish(acme, [{ n: 1 }, { n: 2 }]);
    await ended(acme);
    expect(await world.jobs(acme)).toMatchObject([1, 2].map(() => ({ state: 'done', attempt: 1, error: null })));
    expect(await world.marks(acme)).toEqual([1, 2]);
  });

  it('is claimed by one delivery of an attempt and no other, and ended by the attempt that has it', async () => {
    await world.publish(acme, [{ n: 1 }]);
    const [job] = await world.jobs(acme);
    await world.sql(acme, `update tenancy.outbox set state = 'queued', attempt = 3 where tenant_id = $1 and name like 'spec.%'`);
    await world.as(acme, async () => {
      const row = (attempt: number): JobRow => new JobRow(world.platform.contexts, { tenantId: acme.id, id: job!.id, attempt });
      expect(await row(2).claim(1_000)).toBeNull();
      expect(await row(3).claim(1_000)).toMatchObject({ id: job!.id, attempt: 3 });
      expect(await row(3).claim(1_000)).toBeNull();
      expect(await row(2).renew(1_000)).toBe(false);
      await expect(row(2).finish()).rejects.toMatchObject({ code: 'jobs.superseded' });
      expect(await row(2).fail({ state: 'dead', dueInMs: 0, error: 'x', isSpared: false })).toBe(false);
      await row(3).finish();
      expect(await row(3).fail({ state: 'pending', dueInMs: 0, error: 'x', isSpared: false })).toBe(false);
    });
    expect(await world.jobs(acme)).toMatchObject([{ state: 'done', attempt: 3, error: null }]);
  });

  it('is handed back when its worker stops and does not wait any longer, with all its attempts', async () => {
    const first = world.engine(4);
    await world.publish(acme, [{ n: 1, ms: 3_000 }]);
    await until(async () => (await world.count(acme, 'running')) === 1, 10_000);
    await first.stop(100);
    // Given out again at once, to whoever is still there.
    expect(await world.jobs(acme)).toMatchObject([{ state: 'queued', attempt: 2, error: expect.stringContaining('jobs.handed-back') }]);
    expect(await world.sql(acme, `select max_attempts from tenancy.outbox where tenant_id = $1 and name like 'spec.%'`)).toEqual([
      { max_attempts: 201 },
    ]);
    expect(await world.marks(acme)).toEqual([]);
  });

  it('that runs is waited for when its worker stops', async () => {
    const first = world.engine(4);
    await world.publish(acme, [{ n: 1, ms: 300 }, { n: 2 }]);
    await until(async () => (await world.count(acme, 'running')) === 1, 10_000);
    await first.stop(10_000);
    expect(await world.jobs(acme)).toMatchObject([{ state: 'done' }, { state: 'queued' }]);
  });

  it('that takes longer than its lease stays with its worker while that lives', async () => {
    world.engine(4);
    await Promise.all([acme, globex].map((tenant) => world.publish(tenant, [{ n: 1, ms: HASTY.leaseMs * 2 }])));
    await ended(acme, globex);
    for (const tenant of [acme, globex]) {
      expect(await world.jobs(tenant)).toMatchObject([{ state: 'done', attempt: 1, error: null }]);
      expect(await world.marks(tenant)).toEqual([1]);
    }
  });

  it('that was given to another worker meanwhile is told so, and the other does it', async () => {
    const heard: unknown[] = [];
    const handle = (_payload: object, { attempt, signal }: JobTry): Promise<void> =>
      attempt > 1
        ? Promise.resolve()
        : new Promise((_resolve, reject) =>
            signal.addEventListener('abort', () => {
              heard.push(signal.reason);
              reject(signal.reason as Error);
            }),
          );
    world.engine(4, { handlerOf: () => ({ handle }) });
    await world.publish(acme, [{ n: 1 }]);
    await world.publish(globex, [{ n: 1 }]);
    await until(async () => (await world.count(acme, 'running')) + (await world.count(globex, 'running')) === 2, 10_000);
    await world.sql(
      acme,
      `update tenancy.outbox set state = 'queued', attempt = 2, queued_at = now(), lease_until = null where tenant_id = $1 and name like 'spec.%'`,
    );
    await ended(acme);
    expect(heard).toMatchObject([{ code: 'jobs.superseded' }]);
    expect(await world.jobs(acme)).toMatchObject([{ state: 'done', attempt: 2, error: null }]);
    expect(await world.jobs(globex)).toMatchObject([{ state: 'running', attempt: 1 }]);
  });

  it('whose worker went silent for longer than its lease is done by another, and the late commit is refused', async () => {
    world.engine(4);
    await world.publish(acme, [{ n: 1, ms: HASTY.leaseMs * 3 }]);
    await until(async () => (await world.count(acme, 'running')) === 1, 10_000);
    // As it is seen from the database when the lease is not renewed: another attempt is given out while the first still runs.
    await world.sql(
      acme,
      `update tenancy.outbox set lease_until = now() - interval '1 second' where tenant_id = $1 and name like 'spec.%'`,
    );
    world.platform.doorbell.ring(acme.id);
    await until(async () => (await world.jobs(acme))[0]?.attempt === 2, 10_000);
    await ended(acme);
    expect(await world.marks(acme)).toEqual([1]);
  });
});
