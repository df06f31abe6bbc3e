import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CustomerFacts, SubscriptionFacts } from '#control/billing/billing-facts.js';
import { BillingRefusedError, BillingUnavailableError } from '#control/billing/billing-provider.js';
import { BillingStage } from '#testing/billing-stage.js';
import type { StripeFault } from '#tools/stand-ins/stripe/stripe-fault.js';

const DAY = 86_400;
let stage: BillingStage;

beforeAll(async () => {
  stage = await BillingStage.open();
});
beforeEach(async () => {
  stage.clock.at = new Date();
  await stage.switches.clearLog();
});
afterEach(() => stage.switches.plan({ always: null }));
afterAll(() => stage.close());

const inDays = (days: number): Date => new Date((Math.floor(Date.now() / 1_000) + days * DAY) * 1_000);
const trial = async (priceKey = 'starter-monthly'): Promise<{ tenantId: string; customerId: string; subscription: SubscriptionFacts }> => {
  const made = await stage.customer();
  return {
    ...made,
    subscription: await stage.billing.startSubscription({ ...made, priceKey, trialEnd: inDays(14), collection: 'charge' }),
  };
};
const paying = async (priceKey = 'starter-monthly'): Promise<{ tenantId: string; customerId: string; subscription: SubscriptionFacts }> => {
  const made = await stage.customer('works');
  return { ...made, subscription: await stage.billing.startSubscription({ ...made, priceKey, collection: 'charge' }) };
};
const posts = async (path: string): Promise<number> =>
  (await stage.switches.asked()).filter((line) => line.startsWith(`POST ${path} `)).length;
const customersOf = (tenantId: string): number =>
  [...stage.standIn.ledger.customers.values()].filter(({ metadata }) => metadata['tenant_id'] === tenantId).length;
const subscriptionsOf = (customerId: string): number =>
  [...stage.standIn.ledger.subscriptions.values()].filter(({ customer }) => customer === customerId).length;

/** Ways in which an answer is lost or wrong although, or because, it was asked for. */
const TROUBLES: [string, StripeFault[]][] = [
  ['a failure that is saved under the key', [{ status: 500 }]],
  ['a failure after the work was done', [{ status: 500, afterEffect: true }]],
  ['an answer lost after the work', [{ afterEffect: true }]],
  ['a connection cut before the work', [{ drop: true }]],
  ['two lost answers', [{ afterEffect: true }, { drop: true }]],
  [
    'too many requests',
    [
      { status: 429, retryAfter: 0 },
      { status: 429, retryAfter: 1 },
    ],
  ],
];

describe('customers', () => {
  it('are one for each tenant, however often they are asked for', async () => {
    const [acme, globex] = [randomUUID(), randomUUID()];
    const of = (tenantId: string): Promise<{ id: string }> =>
      stage.billing.ensureCustomer({ tenantId, name: 'Acme', email: 'same@example.test' });
    const made = await Promise.all([of(acme), of(acme), of(globex), of(acme)]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(2);
    expect((await of(globex)).id).toBe(made[2].id);
    expect([customersOf(acme), customersOf(globex)]).toEqual([1, 1]);
    expect(await stage.billing.customerOf(made[0].id)).toMatchObject({ tenantId: acme, deleted: false });
  });

  it('are found while the search is behind, and by the search when the address has changed', async () => {
    const { tenantId, customerId } = await stage.customer();
    await stage.switches.searchDelay(600_000);
    const email = `${tenantId}@example.test`;
    expect((await stage.billing.ensureCustomer({ tenantId, name: 'x', email })).id).toBe(customerId);
    await stage.switches.searchDelay(0);
    await stage.vendor.customers.update(customerId, { email: 'other@example.test' });
    expect((await stage.billing.ensureCustomer({ tenantId, name: 'x', email })).id).toBe(customerId);
    expect(customersOf(tenantId)).toBe(1);
  });

  it('are made anew after they were deleted, although the key remembers the old one', async () => {
    const { tenantId, customerId } = await stage.customer();
    await stage.billing.deleteCustomer(customerId);
    await stage.billing.deleteCustomer(customerId);
    await stage.billing.deleteCustomer('cus_never');
    expect(await stage.billing.customerOf(customerId)).toMatchObject({ id: customerId, tenantId: null, deleted: true });
    expect(await stage.billing.customerOf('cus_never')).toBeNull();
    const again = await stage.billing.ensureCustomer({ tenantId, name: tenantId, email: `${tenantId}@example.test` });
    expect(again.id).not.toBe(customerId);
    expect(customersOf(tenantId)).toBe(1);
  });

  it.each(TROUBLES)('are one after %s', async (_title, next) => {
    const tenantId = randomUUID();
    await stage.switches.plan({ next, method: 'POST', path: '/v1/customers' });
    const ensure = (): Promise<{ id: string }> => stage.billing.ensureCustomer({ tenantId, name: 'x', email: `${tenantId}@example.test` });
    const first = await ensure();
    expect((await ensure()).id).toBe(first.id);
    expect(customersOf(tenantId)).toBe(1);
  });

  it('are all listed, however many, also while some are deleted', async () => {
    const own = await BillingStage.open();
    const wanted = new Set<string>();
    for (let each = 0; each < 205; each += 1) wanted.add((await own.vendor.customers.create({ metadata: { tenant_id: String(each) } })).id);
    const seen = new Map<string, CustomerFacts>();
    for await (const each of own.billing.allCustomers()) {
      seen.set(each.id, each);
      // The cursor of the page that follows.
      if (seen.size === 100) await own.vendor.customers.del(each.id);
    }
    expect(new Set(seen.keys())).toEqual(wanted);
    expect(new Set([...seen.values()].map(({ tenantId }) => tenantId)).size).toBe(205);
    await own.close();
  });
});

describe('subscriptions', () => {
  it('begin with a trial, and are paused when it ends without a means of payment', async () => {
    const { tenantId, customerId, subscription } = await trial('professional-yearly');
    expect(subscription).toMatchObject({
      customerId,
      tenantIdInMetadata: tenantId,
      status: 'trialing',
      priceKey: 'professional-yearly',
      quantity: 1,
      trialEnd: inDays(14),
      amount: 199_000,
      currency: 'eur',
      interval: 'year',
      intervalCount: 1,
      cancelAtPeriodEnd: false,
      scheduled: null,
    });
    await stage.switches.advance(15 * DAY, customerId);
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ id: subscription.id, status: 'paused' }]);
    await stage.switches.card(customerId, true);
    expect(await stage.billing.resume(subscription.id)).toMatchObject({ status: 'active' });
    expect(await stage.billing.resume(subscription.id)).toMatchObject({ status: 'active' });
  });

  it('are one that is live for each customer, also when several are begun at once', async () => {
    const [acme, globex] = [await stage.customer(), await stage.customer()];
    const start = (of: typeof acme, priceKey: string): Promise<SubscriptionFacts> =>
      stage.billing.startSubscription({ ...of, priceKey, trialEnd: inDays(14), collection: 'charge' });
    const begun = await Promise.all([
      start(acme, 'starter-monthly'),
      start(acme, 'professional-monthly'),
      start(acme, 'starter-monthly'),
      start(globex, 'starter-monthly'),
    ]);
    expect(new Set(begun.slice(0, 3).map(({ id }) => id)).size).toBe(1);
    expect((await start(acme, 'enterprise-monthly')).id).toBe(begun[0].id);
    expect([subscriptionsOf(acme.customerId), subscriptionsOf(globex.customerId)]).toEqual([1, 1]);
    expect(begun[3]).toMatchObject({ customerId: globex.customerId, tenantIdInMetadata: globex.tenantId });
  });

  it('begin anew when the last one has ended', async () => {
    const { tenantId, customerId, subscription } = await trial();
    await stage.billing.cancel({ subscriptionId: subscription.id, at: 'now' });
    const next = await stage.billing.startSubscription({
      tenantId,
      customerId,
      priceKey: 'starter-monthly',
      trialEnd: inDays(14),
      collection: 'charge',
    });
    expect(next.id).not.toBe(subscription.id);
    expect((await stage.billing.subscriptionsOf(customerId)).map(({ status }) => status)).toEqual(['trialing', 'canceled']);
  });

  it.each(TROUBLES)('are one after %s', async (_title, next) => {
    const made = await stage.customer();
    await stage.switches.plan({ next, method: 'POST', path: '/v1/subscriptions' });
    const begun = await stage.billing.startSubscription({
      ...made,
      priceKey: 'starter-monthly',
      trialEnd: inDays(14),
      collection: 'charge',
    });
    const again = await stage.billing.startSubscription({
      ...made,
      priceKey: 'starter-monthly',
      trialEnd: inDays(14),
      collection: 'charge',
    });
    expect(again.id).toBe(begun.id);
    expect(subscriptionsOf(made.customerId)).toBe(1);
  });

  it('are charged or billed as asked, and refused to who cannot pay', async () => {
    const broke = await stage.customer('fails');
    const start = (of: typeof broke, collection: 'charge' | 'invoice'): Promise<SubscriptionFacts> =>
      stage.billing.startSubscription({ ...of, priceKey: 'enterprise-monthly', collection });
    await expect(start(broke, 'charge')).rejects.toMatchObject({ code: 'billing.refused', reason: 'card_declined' });
    expect(subscriptionsOf(broke.customerId)).toBe(0);
    expect(await start(broke, 'invoice')).toMatchObject({ status: 'active', amount: 149_000 });
    const bare = await stage.customer();
    await expect(start(bare, 'charge')).rejects.toMatchObject({ reason: 'resource_missing' });
    expect(await start(await stage.customer('works'), 'charge')).toMatchObject({ status: 'active' });
  });

  it('of a price that nobody sells are refused', async () => {
    const made = await stage.customer();
    const begun = stage.billing.startSubscription({ ...made, priceKey: 'gold-monthly', collection: 'charge' });
    await expect(begun).rejects.toMatchObject({ name: BillingRefusedError.name, reason: 'price-unknown' });
  });

  it('of nobody are none', async () => {
    expect(await stage.billing.subscriptionsOf('cus_never')).toEqual([]);
  });

  it('are all listed, however many', async () => {
    const { customerId } = await stage.customer('works');
    const [price] = (await stage.vendor.prices.list({ lookup_keys: ['starter-monthly'] })).data;
    const wanted = new Set<string>();
    for (let each = 0; each < 120; each += 1)
      wanted.add((await stage.vendor.subscriptions.create({ customer: customerId, items: [{ price: price!.id }] })).id);
    const mine = new Set((await stage.billing.subscriptionsOf(customerId)).map(({ id }) => id));
    expect(mine).toEqual(wanted);
    const all = new Set<string>();
    for await (const each of stage.billing.allSubscriptions()) all.add(each.id);
    expect(wanted.isSubsetOf(all)).toBe(true);
  });

  it('are ended at once or at the end of the period, which can be taken back', async () => {
    const { customerId, subscription } = await paying();
    const of = { subscriptionId: subscription.id };
    for (let each = 0; each < 2; each += 1) {
      expect(await stage.billing.cancel({ ...of, at: 'period-end' })).toMatchObject({ cancelAtPeriodEnd: true, status: 'active' });
      expect(await stage.billing.cancel({ ...of, at: 'period-end' })).toMatchObject({ cancelAtPeriodEnd: true });
      expect(await stage.billing.withdrawCancellation(subscription.id)).toMatchObject({ cancelAtPeriodEnd: false });
    }
    await stage.billing.cancel({ ...of, at: 'period-end' });
    await stage.switches.advance(32 * DAY, customerId);
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ status: 'canceled' }]);
    expect(await stage.billing.withdrawCancellation(subscription.id)).toMatchObject({ status: 'canceled' });
    expect(await stage.billing.cancel({ ...of, at: 'now' })).toMatchObject({ status: 'canceled' });
    await expect(stage.billing.cancel({ subscriptionId: 'sub_never', at: 'now' })).rejects.toMatchObject({ reason: 'resource_missing' });
  });

  it.each(TROUBLES)('are ended once after %s', async (_title, next) => {
    const { subscription } = await paying();
    await stage.switches.plan({ next, method: 'DELETE', path: `/v1/subscriptions/${subscription.id}` });
    expect(await stage.billing.cancel({ subscriptionId: subscription.id, at: 'now' })).toMatchObject({ status: 'canceled' });
  });

  it('get another end of the trial, and back again', async () => {
    const { subscription } = await trial();
    for (const days of [30, 14, 30]) {
      const trialEnd = inDays(days);
      expect(await stage.billing.setTrialEnd({ subscriptionId: subscription.id, trialEnd })).toMatchObject({
        trialEnd,
        periodEnd: trialEnd,
      });
    }
    await expect(stage.billing.setTrialEnd({ subscriptionId: subscription.id, trialEnd: inDays(-1) })).rejects.toBeInstanceOf(
      BillingRefusedError,
    );
  });
});

describe('a change of price', () => {
  it('costs what was shown, and only the one who asked', async () => {
    const [acme, globex] = [await paying(), await paying()];
    await stage.switches.advance(10 * DAY, acme.customerId);
    stage.clock.at = inDays(10);
    const change = { subscriptionId: acme.subscription.id, priceKey: 'professional-monthly' };
    const shown = await stage.billing.previewChange(change);
    expect(shown.currency).toBe('eur');
    expect(shown.lines).toHaveLength(2);
    expect(shown.lines.every(({ isProration }) => isProration)).toBe(true);
    expect(shown.amountDue).toBe(shown.lines.reduce((sum, { amount }) => sum + amount, 0));
    expect(shown.amountDue).toBeGreaterThan(8_000);
    expect(await stage.billing.subscriptionsOf(acme.customerId)).toMatchObject([{ priceKey: 'starter-monthly' }]);
    // What an hour costs is more than what is rounded away.
    await stage.switches.advance(3_600, acme.customerId);
    const upgraded = await stage.billing.upgrade({ ...change, prorationAt: shown.prorationAt });
    expect(upgraded).toMatchObject({ priceKey: 'professional-monthly', status: 'active', periodEnd: acme.subscription.periodEnd });
    await stage.billing.upgrade({ ...change, prorationAt: shown.prorationAt });
    const invoices = await stage.vendor.invoices.list({ customer: acme.customerId });
    expect(invoices.data.map(({ amount_paid: paid }) => paid)).toEqual([shown.amountDue, 4_900]);
    expect(await stage.billing.subscriptionsOf(globex.customerId)).toEqual([globex.subscription]);
  });

  it.each(TROUBLES)('is made and paid once after %s', async (_title, next) => {
    const { customerId, subscription } = await paying();
    await stage.switches.plan({ next, method: 'POST', path: `/v1/subscriptions/${subscription.id}` });
    const upgraded = await stage.billing.upgrade({
      subscriptionId: subscription.id,
      priceKey: 'professional-monthly',
      prorationAt: subscription.periodStart,
    });
    expect(upgraded).toMatchObject({ priceKey: 'professional-monthly' });
    expect((await stage.vendor.invoices.list({ customer: customerId })).data).toHaveLength(2);
  });

  it('that cannot be paid changes nothing', async () => {
    const { customerId, subscription } = await paying();
    await stage.switches.card(customerId, false);
    const upgrade = stage.billing.upgrade({
      subscriptionId: subscription.id,
      priceKey: 'professional-monthly',
      prorationAt: subscription.periodStart,
    });
    await expect(upgrade).rejects.toMatchObject({ reason: 'card_declined' });
    expect(await stage.billing.subscriptionsOf(customerId)).toEqual([subscription]);
  });

  it('downwards waits for the end of the period, and the last one asked for counts', async () => {
    const { customerId, subscription } = await paying('enterprise-monthly');
    const of = { subscriptionId: subscription.id };
    await stage.billing.cancel({ ...of, at: 'period-end' });
    const planned = async (priceKey: string): Promise<void> => {
      expect(await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey })).toMatchObject({
        priceKey: 'enterprise-monthly',
        cancelAtPeriodEnd: false,
        scheduled: { priceKey, at: subscription.periodEnd },
      });
    };
    for (const priceKey of ['professional-monthly', 'starter-monthly', 'professional-monthly', 'professional-monthly'])
      await planned(priceKey);
    expect(await stage.billing.cancelScheduledChange(subscription.id)).toMatchObject({ scheduled: null });
    expect(await stage.billing.cancelScheduledChange(subscription.id)).toMatchObject({ scheduled: null });
    await planned('starter-monthly');
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ scheduled: { priceKey: 'starter-monthly' } }]);
    await stage.switches.advance(32 * DAY, customerId);
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([
      { priceKey: 'starter-monthly', status: 'active', scheduled: null },
    ]);
    const [last] = (await stage.vendor.invoices.list({ customer: customerId, limit: 1 })).data;
    expect(last!.amount_paid).toBe(4_900);
  });

  it.each(TROUBLES)('downwards is planned once after %s', async (_title, next) => {
    const { customerId, subscription } = await paying('professional-monthly');
    await stage.switches.plan({ next, method: 'POST', path: '/v1/subscription_schedules' });
    const change = { subscriptionId: subscription.id, priceKey: 'starter-monthly' };
    expect(await stage.billing.downgradeAtPeriodEnd(change)).toMatchObject({ scheduled: { priceKey: 'starter-monthly' } });
    const mine = [...stage.standIn.ledger.schedules.values()].filter(({ customer }) => customer === customerId);
    expect(mine).toHaveLength(1);
  });

  it('to the price it has drops what was planned', async () => {
    const { subscription } = await paying('professional-monthly');
    const of = { subscriptionId: subscription.id };
    await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey: 'starter-monthly' });
    expect(await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey: 'professional-monthly' })).toMatchObject({ scheduled: null });
  });

  it('upwards or an end drops what was planned', async () => {
    const { subscription } = await paying('professional-monthly');
    const of = { subscriptionId: subscription.id };
    await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey: 'starter-monthly' });
    expect(await stage.billing.upgrade({ ...of, priceKey: 'enterprise-monthly', prorationAt: subscription.periodStart })).toMatchObject({
      priceKey: 'enterprise-monthly',
      scheduled: null,
    });
    await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey: 'starter-monthly' });
    expect(await stage.billing.cancel({ ...of, at: 'period-end' })).toMatchObject({ scheduled: null, cancelAtPeriodEnd: true });
  });

  it('of a trial keeps the trial', async () => {
    const { customerId, subscription } = await trial('professional-monthly');
    const of = { subscriptionId: subscription.id };
    expect(await stage.billing.previewChange({ ...of, priceKey: 'enterprise-monthly' })).toMatchObject({ amountDue: 0, lines: [] });
    await stage.billing.downgradeAtPeriodEnd({ ...of, priceKey: 'starter-monthly' });
    await stage.switches.card(customerId, true);
    await stage.switches.advance(15 * DAY, customerId);
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ status: 'active', priceKey: 'starter-monthly' }]);
  });
});

describe('pages', () => {
  const urls = { successUrl: 'http://acme.example/paid', cancelUrl: 'http://acme.example/back' };

  it('of checkout stay the same while they are open, and lead to one subscription', async () => {
    const made = await stage.customer();
    const wanted = { ...made, ...urls, priceKey: 'professional-monthly' };
    const page = await stage.billing.checkout(wanted);
    expect(page.expiresAt.getTime()).toBeGreaterThan(Date.now());
    expect(await stage.billing.checkout(wanted)).toEqual(page);
    const other = await stage.billing.checkout({ ...wanted, priceKey: 'starter-monthly' });
    expect(other.id).not.toBe(page.id);
    await expect(stage.switches.complete(page)).rejects.toThrow(/expired/);
    const back = await stage.billing.checkout(wanted);
    expect([page.id, other.id]).not.toContain(back.id);
    await stage.switches.complete(back);
    expect(await stage.billing.subscriptionsOf(made.customerId)).toMatchObject([
      { priceKey: 'professional-monthly', status: 'active', tenantIdInMetadata: made.tenantId },
    ]);
  });

  it.each(TROUBLES)('of checkout are one after %s', async (_title, next) => {
    const made = await stage.customer();
    await stage.switches.plan({ next, method: 'POST', path: '/v1/checkout/sessions' });
    const page = await stage.billing.checkout({ ...made, ...urls, priceKey: 'starter-monthly' });
    expect(await stage.billing.checkout({ ...made, ...urls, priceKey: 'starter-monthly' })).toEqual(page);
    expect([...stage.standIn.ledger.checkouts.values()].filter(({ customer }) => customer === made.customerId)).toHaveLength(1);
  });

  it('for who has a subscription change that one', async () => {
    const { tenantId, customerId, subscription } = await trial();
    const wanted = { tenantId, customerId, ...urls };
    await stage.switches.complete(await stage.billing.checkout({ ...wanted, priceKey: 'professional-monthly' }));
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ id: subscription.id, priceKey: 'professional-monthly' }]);
    await stage.switches.complete(await stage.billing.checkout({ ...wanted, priceKey: 'professional-monthly' }));
    await stage.switches.advance(15 * DAY, customerId);
    expect(await stage.billing.subscriptionsOf(customerId)).toMatchObject([{ id: subscription.id, status: 'active' }]);
    await stage.billing.downgradeAtPeriodEnd({ subscriptionId: subscription.id, priceKey: 'starter-monthly' });
    await expect(stage.billing.checkout({ ...wanted, priceKey: 'enterprise-monthly' })).rejects.toMatchObject({ reason: 'change-planned' });
  });

  it('of the portal are shown to whose they are, and can be followed', async () => {
    const { customerId } = await stage.customer();
    const { url } = await stage.billing.portal({ customerId, returnUrl: 'http://acme.example/billing' });
    // The clock stands still: the next one is asked for at the same instant.
    expect((await stage.billing.portal({ customerId, returnUrl: 'http://acme.example/elsewhere' })).url).not.toBe(url);
    const shown = await fetch(url);
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const done = await fetch(url, { method: 'POST', redirect: 'manual' });
    expect(done.headers.get('location')).toBe('http://acme.example/billing');
    await expect(stage.billing.portal({ customerId: 'cus_never', returnUrl: 'http://acme.example' })).rejects.toMatchObject({
      reason: 'resource_missing',
    });
  });
});

describe('usage', () => {
  const counted = async (customer: string): Promise<number> => {
    const [meter] = (await stage.vendor.billing.meters.list()).data.filter(({ event_name: name }) => name === 'api_requests');
    const now = Math.floor(Date.now() / 60_000) * 60;
    const range = { customer, start_time: now - 3_600, end_time: now + 3_600 };
    return (await stage.vendor.billing.meters.listEventSummaries(meter!.id, range)).data[0]?.aggregated_value ?? 0;
  };

  it.each([['nothing', [] as StripeFault[]] as [string, StripeFault[]], ...TROUBLES])('is counted once after %s', async (_title, next) => {
    const [acme, globex] = [await stage.customer(), await stage.customer()];
    await stage.switches.plan({ next, path: '/v1/billing/meter_events' });
    const usage = { meter: 'api_requests', customerId: acme.customerId, quantity: 7, identifier: randomUUID(), at: new Date() };
    await stage.billing.reportUsage(usage);
    await stage.billing.reportUsage(usage);
    // By another hand and another key, as after a day.
    await stage.open().reportUsage({ ...usage, quantity: 9 });
    await stage.billing.reportUsage({ ...usage, customerId: globex.customerId, quantity: 2, identifier: randomUUID() });
    expect([await counted(acme.customerId), await counted(globex.customerId)]).toEqual([7, 2]);
  });

  it('of a meter that is not there, or of long ago, is refused', async () => {
    const { customerId } = await stage.customer();
    const usage = { meter: 'api_requests', customerId, quantity: 1, identifier: randomUUID(), at: new Date() };
    await expect(stage.billing.reportUsage({ ...usage, meter: 'none' })).rejects.toMatchObject({ reason: 'no_meter' });
    const old = { ...usage, identifier: randomUUID(), at: inDays(-36) };
    await expect(stage.billing.reportUsage(old)).rejects.toBeInstanceOf(BillingRefusedError);
  });
});

describe('Stripe in trouble', () => {
  it('that never answers is given up after the time that is given, and what it did is found afterwards', async () => {
    const impatient = stage.open({ timeoutMs: 150 });
    const tenantId = randomUUID();
    const ensure = (): Promise<{ id: string }> => impatient.ensureCustomer({ tenantId, name: 'x', email: `${tenantId}@example.test` });
    await ensure();
    await stage.switches.plan({ always: { hang: true }, path: '/v1/customers' });
    await expect(ensure()).rejects.toMatchObject({ name: BillingUnavailableError.name, code: 'billing.unavailable' });
    await stage.switches.plan({ always: null });
    expect(await ensure()).toBeDefined();
    expect(customersOf(tenantId)).toBe(1);
    impatient.close();
  });

  it('that asks for a long wait is not waited for, and its wish is passed on', async () => {
    const { customerId } = await stage.customer();
    await stage.switches.plan({ next: [{ status: 429, retryAfter: 60 }], path: '/v1/subscriptions' });
    await expect(stage.billing.subscriptionsOf(customerId)).rejects.toMatchObject({
      name: BillingUnavailableError.name,
      retryAfterSeconds: 60,
    });
  });

  it('that fails whenever it is asked is given up after three keys', async () => {
    const made = await stage.customer();
    await stage.billing.checkout({ ...made, priceKey: 'starter-monthly', successUrl: 'http://a.example', cancelUrl: 'http://a.example' });
    await stage.switches.plan({ always: { status: 500 }, path: '/v1/billing/meter_events' });
    const usage = { meter: 'api_requests', customerId: made.customerId, quantity: 1, identifier: randomUUID(), at: new Date() };
    await stage.switches.clearLog();
    await expect(stage.billing.reportUsage(usage)).rejects.toMatchObject({ code: 'billing.unavailable' });
    expect(await posts('/v1/billing/meter_events')).toBe(9);
  });

  it('that does not know the key says nothing of it, nor of what was asked', async () => {
    const stranger = stage.open({ apiKey: 'sk_test_a-canary-key' });
    const asked = stranger.ensureCustomer({ tenantId: 'canary-tenant', name: 'canary-name', email: 'canary@example.test' });
    const error: unknown = await asked.catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'billing.unavailable' });
    expect(inspect(error, { depth: null })).not.toMatch(/canary/);
    stranger.close();
  });

  it('that is not there is unavailable', async () => {
    const gone = await BillingStage.open();
    await gone.standIn.stop();
    await expect(gone.billing.customerOf('cus_x')).rejects.toMatchObject({ code: 'billing.unavailable' });
    gone.billing.close();
  });
});
