import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';
import { JobsWorld } from '#testing/jobs/jobs-world.js';
import { TIERS } from '#testing/test-platform.js';
import { AuditRegister } from '#workspace/audit/audit-register.js';
import type { AuditTables } from '#workspace/audit/audit-table.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { JobRecords } from '#workspace/jobs/job-records.js';
import { JOBS_AUDIT_ACTIONS } from '#workspace/jobs/jobs.audit.js';

describe('the records of jobs', () => {
  let world: JobsWorld;
  let records: JobRecords;

  beforeAll(async () => {
    world = await JobsWorld.open();
    const { contexts, outbox } = world.platform;
    records = new JobRecords(contexts, outbox, new AuditTrail(contexts, new AuditRegister(JOBS_AUDIT_ACTIONS, true)));
  });
  afterAll(() => world.close());

  const kill = (tenant: Tenant, n: number): Promise<unknown> =>
    world.sql(
      tenant,
      `update tenancy.outbox set state = 'dead', attempt = 200, error = 'x: it failed', finished_at = now() where tenant_id = $1 and payload = $2`,
      JSON.stringify({ n }),
    );

  const retriesOnRecord = (tenant: Tenant): Promise<unknown[]> =>
    world.as(tenant, () =>
      world.platform.contexts
        .reads<AuditTables>()
        .selectFrom('audit_event')
        .select(['targets', 'details'])
        .where('action', '=', 'job.retried')
        .execute(),
    );

  it.each(TIERS)('are those of the tenant, newest first, by state and kind, in pages (%s)', async (tier) => {
    const { acme, globex } = await world.tests.pair(tier);
    await world.publish(acme, [{ n: 1 }, { n: 2 }, { n: 3 }]);
    await world.publish(globex, [{ n: 4 }]);
    await kill(acme, 2);
    const { name } = world.jobsOf.ordered.job;
    const [third, second, first] = (await world.jobs(acme)).reverse();
    await world.as(acme, async () => {
      expect((await records.list({ limit: 10, name })).map(({ id }) => id)).toEqual([third!.id, second!.id, first!.id]);
      expect((await records.list({ limit: 2, name })).map(({ id }) => id)).toEqual([third!.id, second!.id]);
      expect((await records.list({ limit: 2, name, before: second!.id })).map(({ id }) => id)).toEqual([first!.id]);
      expect(await records.list({ limit: 10, name, state: 'dead' })).toMatchObject([
        { id: second!.id, error: 'x: it failed', attempt: 200 },
      ]);
      expect(await records.list({ limit: 10, name: 'spec.none' })).toEqual([]);
      const [newest] = await records.list({ limit: 1, name });
      expect(newest).toMatchObject({ dueAt: expect.any(Date), createdAt: expect.any(Date), startedAt: null, finishedAt: null });
      expect(Object.keys(first!)).toContain('payload');
      expect(Object.keys((await records.list({ limit: 1, name }))[0]!)).not.toContain('payload');
    });
  });

  it.each(TIERS)('let a dead job be tried once more, and no other, and say that somebody asked (%s)', async (tier) => {
    const { acme, globex } = await world.tests.pair(tier);
    await world.publish(acme, [{ n: 1 }, { n: 2 }]);
    await kill(acme, 1);
    const [dead, waiting] = await world.jobs(acme);
    await world.as(globex, () => expect(records.retry(dead!.id)).rejects.toMatchObject({ code: 'jobs.not-found' }));
    await world.as(acme, async () => {
      await expect(records.retry(waiting!.id)).rejects.toMatchObject({ code: 'jobs.not-dead', state: 'pending' });
      expect(await records.retry(dead!.id)).toMatchObject({ state: 'pending', attempt: 200 });
    });
    const onRecord = await retriesOnRecord(acme);
    expect(onRecord).toEqual([{ targets: [{ type: 'job', id: dead!.id }], details: { name: dead!.name, attempts: 200 } }]);
    expect(await retriesOnRecord(globex)).toEqual([]);
    const engine = world.engine(2);
    await until(() => world.isIdle(acme), 10_000);
    await engine.stop(1_000);
    expect((await world.jobs(acme)).map(({ state, attempt }) => [state, attempt])).toEqual([
      ['done', 201],
      ['done', 1],
    ]);
    expect(await world.marks(acme)).toEqual([1, 2]);
  });

  it('keep neither the retry nor the word for it when the transaction around them is given up', async () => {
    const { acme, globex } = await world.tests.pair('row');
    await world.publish(acme, [{ n: 1 }]);
    await world.publish(globex, [{ n: 2 }]);
    await kill(acme, 1);
    const [dead] = await world.jobs(acme);
    const givenUp = world.as(acme, () =>
      world.platform.contexts.transaction(async () => {
        await records.retry(dead!.id);
        throw new RangeError('given up');
      }),
    );
    await expect(givenUp).rejects.toThrow('given up');
    expect([(await world.jobs(acme))[0]?.state, (await world.jobs(globex))[0]?.state]).toEqual(['dead', 'pending']);
    expect(await retriesOnRecord(acme)).toEqual([]);
  });

  it('of all tenants show those who run the platform what needs somebody, and not what it is about', async () => {
    const { acme, globex } = await world.tests.pair('row');
    await world.publish(acme, [{ n: 1 }]);
    await kill(acme, 1);
    await world.publish(globex, [{ n: 2 }, { n: 3 }]);
    await world.sql(
      globex,
      `update tenancy.outbox set due_at = now() - interval '10 minutes' where tenant_id = $1 and payload = $2`,
      '{"n":2}',
    );
    const { jobs, unseen } = await world.platform.overseer.troubled({ lateAfterMs: 300_000, atMost: 1_000 });
    const mine = jobs.filter(({ tenantId }) => [acme.id, globex.id].includes(tenantId));
    expect(unseen).toEqual([]);
    expect(mine.map(({ tenantId, state, attempt, error }) => [tenantId, state, attempt, error])).toEqual([
      [globex.id, 'pending', 0, null],
      [acme.id, 'dead', 200, 'x: it failed'],
    ]);
    expect(JSON.stringify(mine)).not.toContain('payload');
  });
});
