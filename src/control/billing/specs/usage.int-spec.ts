import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';
import { TIERS } from '#testing/test-platform.js';
import { GatherUsage } from '#control/billing/usage/gather-usage.job.js';
import { UsageReader } from '#workspace/usage/usage-reader.js';

describe.each(TIERS)('what a company uses of its plan (%s tier)', (tier) => {
  let stage: BillingStage;
  let acme: Billed;
  let globex: Billed;

  beforeAll(async () => {
    stage = await BillingStage.open({ CONNECTIONS_PER_TENANT: '8', STATEMENT_DEADLINE_MS: '60000', TRANSACTION_TIMEOUT_MS: '60000' });
    [acme, globex] = [await stage.billed(tier, { plan: 'starter' }), await stage.billed(tier, { plan: 'starter' })];
  });
  afterEach(() => stage.setAhead(0));
  afterAll(() => stage.close());

  const agree = async (tenant: Tenant, key: string, value: number): Promise<void> => {
    const answer = await stage.ask('PUT', `/api/platform/tenants/${tenant.id}/entitlements/${key}`, stage.operator(), {
      value,
      reason: 'a spec',
    });
    expect(answer.statusCode).toBe(200);
  };
  const many = async (
    count: number,
    ask: (n: number) => Promise<{ statusCode: number; body: string }>,
  ): Promise<Record<string, number>> => {
    // A busy server asks callers to come back, and they do, with the same key.
    const insisting = async (n: number): Promise<{ statusCode: number; body: string }> => {
      for (;;) {
        const answer = await ask(n);
        if (answer.statusCode !== 503) return answer;
      }
    };
    const answers = await Promise.all(Array.from({ length: count }, (_, n) => insisting(n)));
    const counts: Record<string, number> = {};
    for (const { statusCode, body } of answers) {
      const what = statusCode < 300 ? String(statusCode) : `${String(statusCode)} ${(JSON.parse(body) as { code: string }).code}`;
      counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
  };
  const used = async (billed: Billed): Promise<number | undefined> => {
    const owner = await stage.people.signedIn(billed.tenant, 'owner');
    const answer = await stage.ask('GET', '/api/billing/usage', owner.bearer);
    return answer.json<{ meters: { meter: string; used: number }[] }>().meters.find(({ meter }) => meter === 'tickets')?.used;
  };

  it('is exactly what there is room for, of a hundred at once', async () => {
    await agree(acme.tenant, 'meter.tickets', 10);
    const owner = await stage.people.signedIn(acme.tenant, 'owner');
    const open = (n: number) =>
      stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': `t${String(n)}` }, { title: 'One more' });
    expect(await many(100, open)).toEqual({ '201': 10, '403 usage.exhausted': 90 });
    const listed = await stage.ask('GET', '/api/tickets?limit=100', owner.bearer);
    expect([listed.json<{ data: unknown[] }>().data.length, await used(acme), await used(globex)]).toEqual([10, 10, 0]);
    await agree(acme.tenant, 'meter.tickets', 11);
    expect(await many(3, (n) => open(200 + n))).toEqual({ '201': 1, '403 usage.exhausted': 2 });
  });

  it('is counted with what it is for, and not when that fails', async () => {
    const owner = await stage.people.signedIn(globex.tenant, 'owner');
    const bad = { title: 'For nobody', assigneeId: '01970000-0000-7000-8000-00000000000a' };
    expect((await stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': 'bad' }, bad)).statusCode).toBe(422);
    const good = () => stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': 'good' }, { title: 'One' });
    expect([(await good()).statusCode, (await good()).statusCode, await used(globex)]).toEqual([201, 201, 1]);
  });

  it('has room for as many members as the plan says, of twenty invited at once; those who are too many stay', async () => {
    const { tenant } = globex;
    await agree(tenant, 'limit.members', 6);
    const owner = await stage.people.signedIn(tenant, 'owner');
    const invite = (n: number) =>
      stage.ask(
        'POST',
        '/api/users',
        { ...owner.bearer, 'idempotency-key': `i${String(n)}` },
        { email: `m${String(n)}@example.test`, name: 'M', role: 'member' },
      );
    const counts = await many(20, invite);
    const there = (await stage.ask('GET', '/api/users?limit=100', owner.bearer)).json<{
      data: { id: string; email: string; status: string }[];
    }>().data;
    expect([there.filter(({ status }) => status !== 'disabled').length, Object.keys(counts).sort()]).toEqual([
      6,
      ['201', '403 access.over-limit'],
    ]);
    await agree(tenant, 'limit.members', 3);
    expect((await stage.ask('GET', '/api/tickets', owner.bearer)).statusCode).toBe(200);
    expect(await many(1, () => invite(99))).toEqual({ '403 access.over-limit': 1 });
    const usage = (await stage.ask('GET', '/api/billing/usage', owner.bearer)).json<{ limits: object[] }>();
    expect(usage.limits).toEqual([{ limit: 'members', used: 6, atMost: 3 }]);
  });

  it('begins anew with the billing period, and not with the month', async () => {
    const end = acme.subscription.periodEnd.getTime() - Date.now();
    const { contexts, plans, members } = stage.platform;
    const reader = new UsageReader(contexts, plans, members.clock);
    const at = async (milliseconds: number): Promise<[number | undefined, string]> => {
      stage.setAhead(milliseconds);
      const { period, meters } = await TenantScope.run(await stage.fresh(acme.tenant), () => reader.present());
      return [meters[0]?.used, period.start.toISOString()];
    };
    const [periodStart, periodEnd] = [acme.subscription.periodStart, acme.subscription.periodEnd].map((time) => time.toISOString());
    expect([await at(0), await at(end - 60_000), await at(end + 60_000)]).toEqual([
      [11, periodStart],
      [11, periodStart],
      [0, periodEnd],
    ]);
    stage.setAhead(0);
  });

  it('is billed beyond what is included, once, however often it is told and whatever fails', async () => {
    const billed = await stage.billed(tier, { plan: 'professional' });
    await agree(billed.tenant, 'meter.tickets', 2);
    const owner = await stage.people.signedIn(billed.tenant, 'owner');
    const open = (n: number) =>
      stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': `u${String(n)}` }, { title: 'One more' });
    expect(await many(5, open)).toEqual({ '201': 5 });
    const { contexts, plans, members } = stage.platform;
    const gather = new GatherUsage(new UsageReader(contexts, plans, members.clock), stage.billing.windows, plans, members.clock);
    const gathered = async (): Promise<void> => {
      for (let run = 0; run < 2; run += 1) await TenantScope.run(await stage.fresh(billed.tenant), () => gather.handle());
    };
    const told = (): number[] =>
      [...stage.stripe.ledger.usage.values()].filter(({ customer }) => customer === billed.customerId).map(({ value }) => value);
    await gathered();
    // The first time nobody answers, though it was counted.
    await stage.control('POST', 'faults', { next: Array.from({ length: 3 }, () => ({ afterEffect: true })) });
    await stage.run('billing.report-usage');
    await stage.run('billing.report-usage');
    expect(told()).toEqual([3]);
    await many(2, (n) => open(50 + n));
    await gathered();
    await stage.run('billing.report-usage');
    expect(told()).toEqual([3]);
    stage.setAhead(3_600_000);
    await stage.control('POST', 'clock', { advanceSeconds: 3_600 });
    await stage.run('billing.report-usage');
    stage.setAhead(0);
    expect(told().sort()).toEqual([2, 3]);
    // Of a long period what was told long ago is forgotten, and not told again.
    await stage.billing.windows.trim(new Date(Date.now() + 86_400_000));
    await gathered();
    stage.setAhead(7_200_000);
    await stage.control('POST', 'clock', { advanceSeconds: 3_600 });
    await stage.run('billing.report-usage');
    stage.setAhead(0);
    expect(told().sort()).toEqual([2, 3]);
  });

  it('is priced by the terms of its own period, whatever is agreed after it', async () => {
    const [mild, strict] = [await stage.billed(tier, { plan: 'professional' }), await stage.billed(tier, { plan: 'professional' })];
    const { contexts, plans, members } = stage.platform;
    const gather = new GatherUsage(new UsageReader(contexts, plans, members.clock), stage.billing.windows, plans, members.clock);
    const gathered = async ({ tenant }: Billed): Promise<void> => TenantScope.run(await stage.fresh(tenant), () => gather.handle());
    const included = [
      [mild, 10, 2],
      [strict, 2, 10],
    ] as const;
    for (const [billed, then] of included) {
      await agree(billed.tenant, 'meter.tickets', then);
      const owner = await stage.people.signedIn(billed.tenant, 'owner');
      const open = (n: number) =>
        stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': `p${String(n)}` }, { title: 'One more' });
      expect(await many(5, open)).toEqual({ '201': 5 });
      await gathered(billed);
    }
    const ahead = mild.subscription.periodEnd.getTime() - Date.now() + 60_000;
    stage.setAhead(ahead);
    await stage.control('POST', 'clock', { advanceSeconds: Math.ceil(ahead / 1_000) });
    for (const [billed, , now] of included) {
      await agree(billed.tenant, 'meter.tickets', now);
      await gathered(billed);
    }
    await stage.run('billing.report-usage');
    stage.setAhead(0);
    const told = [...stage.stripe.ledger.usage.values()].filter(({ customer }) =>
      [mild, strict].some((each) => each.customerId === customer),
    );
    expect(told.map(({ customer, value }) => [customer, value])).toEqual([[strict.customerId, 3]]);
  });
});
