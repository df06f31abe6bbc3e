import type { SubscriptionFacts } from '#control/billing/billing-facts.js';
import { BillingSync } from '#control/billing/billing-sync.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { until } from '#testing/faults/until.js';
import { TestPlatform } from '#testing/test-platform.js';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';

describe('what is kept of a customer', () => {
  let stage: BillingStage;
  let acme: Billed;
  let globex: Billed;

  beforeAll(async () => {
    stage = await BillingStage.open();
  });
  beforeEach(async () => {
    [acme, globex] = [await stage.billed(), await stage.billed()];
  });
  afterAll(() => stage.close());

  const seen = async ({ tenant }: Billed): Promise<string> => {
    const [{ plan, access, status }, record] = [await stage.fresh(tenant), await stage.record(tenant)];
    return [plan, access, status, record?.status].join(' ');
  };
  const syncWith = (subscriptionsOf: () => Promise<readonly SubscriptionFacts[]>): BillingSync => {
    const { plans, members } = stage.platform;
    const { book, alert } = stage.billing;
    return new BillingSync({
      book,
      provider: { subscriptionsOf, customerOf: (id) => stage.platform.billing.customerOf(id) },
      plans,
      clock: members.clock,
      alert,
    });
  };

  it('is what the provider has, and nobody else’s', async () => {
    expect(await stage.record(acme.tenant)).toMatchObject({ status: 'active', plan: 'starter', cancelAtPeriodEnd: false, currency: 'eur' });
    const before = await stage.record(globex.tenant);
    await stage.platform.billing.upgrade({
      subscriptionId: acme.subscription.id,
      priceKey: 'professional-monthly',
      prorationAt: new Date(),
    });
    await stage.billing.sync.fetch(acme.customerId);
    expect([await seen(acme), await seen(globex)]).toEqual(['professional full active active', 'starter full active active']);
    expect(await stage.record(globex.tenant)).toEqual(before);
    const { billedFrom, billedUntil } = await stage.fresh(acme.tenant);
    const record = await stage.record(acme.tenant);
    expect([billedFrom, billedUntil]).toEqual([record?.periodStart.toISOString(), record?.periodEnd.toISOString()]);
  });

  it('of a plan that lives elsewhere is a wish and nothing more: the data is read and written where it is', async () => {
    const { tenant, customerId, subscription } = acme;
    await stage.platform.billing.upgrade({ subscriptionId: subscription.id, priceKey: 'enterprise-monthly', prorationAt: new Date() });
    await stage.billing.sync.fetch(customerId);
    const fresh = await stage.fresh(tenant);
    expect([fresh.plan, fresh.placement]).toEqual(['enterprise', tenant.placement]);
    expect(await stage.rows('select wanted_kind from tenant_wish where tenant_id = ?', [tenant.id])).toEqual([{ wanted_kind: 'database' }]);
    const owner = await stage.people.signedIn(fresh, 'owner');
    const opened = await stage.ask('POST', '/api/tickets', { ...owner.bearer, 'idempotency-key': 'one' }, { title: 'Still here' });
    const listed = await stage.ask('GET', '/api/tickets', owner.bearer);
    expect([opened.statusCode, listed.json<{ data: unknown[] }>().data.length]).toEqual([201, 1]);
    await stage.platform.billing.upgrade({ subscriptionId: subscription.id, priceKey: 'starter-monthly', prorationAt: new Date() });
    await stage.billing.sync.fetch(customerId);
    expect(await stage.rows('select 1 from tenant_wish where tenant_id = ?', [tenant.id])).toEqual([]);
  });

  it('is never what a slow answer said when a newer one was there before', async () => {
    const [asked, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const old = await stage.platform.billing.subscriptionsOf(acme.customerId);
    const slow = syncWith(async () => {
      asked.resolve(undefined);
      await answer.promise;
      return old;
    }).fetch(acme.customerId);
    await asked.promise;
    await stage.platform.billing.cancel({ subscriptionId: acme.subscription.id, at: 'now' });
    const quick = stage.billing.sync.fetch(acme.customerId);
    // The quick one waits for its turn; the slow one ends, and then the quick one asks.
    setTimeout(() => answer.resolve(undefined), 200);
    await Promise.all([slow, quick]);
    expect((await stage.record(acme.tenant))?.status).toBe('canceled');
    expect((await stage.record(globex.tenant))?.status).toBe('active');
  });

  it.each([
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])('is the same whichever way round created, updated and deleted come (%i, %i, %i)', async (...order) => {
    await stage.platform.billing.cancel({ subscriptionId: acme.subscription.id, at: 'now' });
    const types = ['created', 'updated', 'deleted'].map((what) => `customer.subscription.${what}`);
    for (const place of order) {
      expect((await stage.send(stage.notice({ type: types[place]!, customer: acme.customerId }))).statusCode).toBe(200);
      await stage.work();
    }
    expect((await stage.record(acme.tenant))?.status).toBe('canceled');
    // It was paid until the end of the period, and is there until then.
    expect(await seen(acme)).toBe('starter full active canceled');
    expect(await seen(globex)).toBe('starter full active active');
  });

  it('is by the table of customers and not by what the provider says of them, and that is told', async () => {
    const liar = (await stage.platform.billing.subscriptionsOf(acme.customerId)).map((facts) => ({
      ...facts,
      id: `${facts.id}x`,
      tenantIdInMetadata: globex.tenant.id,
      status: 'unpaid' as const,
    }));
    await syncWith(() => Promise.resolve(liar)).fetch(acme.customerId);
    expect([await seen(acme), await seen(globex)]).toEqual(['starter read-only active unpaid', 'starter full active active']);
    const acts = await stage.rows<{ targets: string }>(
      `select targets::text from platform_audit_event where action = 'billing.mismatch' and details ->> 'inMetadata' = ?`,
      [globex.tenant.id],
    );
    expect(acts).toHaveLength(1);
    expect(acts[0]?.targets).toContain(acme.tenant.id);
  });

  it('leaves the plan alone for a price that no plan has, and what there was while a first payment is waited for', async () => {
    const [facts] = await stage.platform.billing.subscriptionsOf(acme.customerId);
    await syncWith(() => Promise.resolve([{ ...facts!, priceKey: 'gold-monthly' }])).fetch(acme.customerId);
    expect(await seen(acme)).toBe('starter full active active');
    await syncWith(() => Promise.resolve([{ ...facts!, status: 'incomplete', priceKey: 'enterprise-monthly' }])).fetch(acme.customerId);
    expect(await seen(acme)).toBe('starter full active incomplete');
  });

  it('stays as it is when the provider has never had the customer, and somebody is told', async () => {
    const { plans, members } = stage.platform;
    const told: string[] = [];
    const nobody = { subscriptionsOf: () => Promise.resolve([]), customerOf: () => Promise.resolve(null) };
    const alert = (name: string, details: object) => void told.push(`${name} ${JSON.stringify(details)}`);
    const elsewhere = new BillingSync({ book: stage.billing.book, provider: nobody, plans, clock: members.clock, alert });
    const before = await stage.record(acme.tenant);
    expect(await elsewhere.fetch(acme.customerId)).toBe('unmatched');
    expect([await stage.record(acme.tenant), await seen(acme)]).toEqual([before, 'starter full active active']);
    expect(told).toEqual([expect.stringMatching(/^billing\.customer-missing /)]);
    // One that was deleted is over.
    await stage.platform.billing.deleteCustomer(acme.customerId);
    expect(await stage.billing.sync.fetch(acme.customerId)).toBe('synced');
    expect([await seen(acme), await seen(globex)]).toEqual(['starter full active canceled', 'starter full active active']);
  });

  it('changes a tenant at once at every process', async () => {
    const other = await TestPlatform.open({ ...settingsOf(stage) });
    try {
      const here = await other.platform.directory.byId(acme.tenant.id);
      await stage.platform.billing.upgrade({
        subscriptionId: acme.subscription.id,
        priceKey: 'professional-monthly',
        prorationAt: new Date(),
      });
      await stage.billing.sync.fetch(acme.customerId);
      await until(async () => (await other.platform.directory.byId(acme.tenant.id))?.plan === 'professional', 5_000);
      expect([here?.plan, (await other.platform.directory.byId(globex.tenant.id))?.plan]).toEqual(['starter', 'starter']);
      expect(TenantScope.current()).toBeUndefined();
    } finally {
      await other.close();
    }
  });

  it('is on the platform’s record when it changes, and only then', async () => {
    const acts = (): Promise<{ changes: string }[]> =>
      stage.rows(`select changes::text from platform_audit_event where action = 'billing.change' and targets @> ?::jsonb order by seq`, [
        JSON.stringify([{ type: 'tenant', id: acme.tenant.id }]),
      ]);
    const before = await acts();
    await stage.billing.sync.fetch(acme.customerId);
    expect(await acts()).toEqual(before);
    await stage.platform.billing.cancel({ subscriptionId: acme.subscription.id, at: 'period-end' });
    await stage.billing.sync.fetch(acme.customerId);
    const [, last] = await acts();
    expect(JSON.parse(last?.changes ?? '[]')).toEqual([{ path: 'cancelAtPeriodEnd', old: false, new: true }]);
  });
});

function settingsOf(stage: BillingStage): Record<string, string> {
  const { CATALOG_DATABASE_URL, STRIPE_API_KEY, STRIPE_API_URL, STRIPE_WEBHOOK_SECRETS } = stage.platform.config;
  return {
    CATALOG_DATABASE_URL,
    STRIPE_API_KEY,
    STRIPE_API_URL: String(STRIPE_API_URL),
    STRIPE_WEBHOOK_SECRETS: STRIPE_WEBHOOK_SECRETS.join(','),
  };
}
