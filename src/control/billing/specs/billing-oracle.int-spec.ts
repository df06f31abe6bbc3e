import { randomInt } from 'node:crypto';
import { BillingUnavailableError } from '#control/billing/billing-provider.js';
import { chosenSubscription } from '#control/billing/chosen-subscription.js';
import type { ReconcileReport } from '#control/billing/billing-reconciler.js';
import { planOfPrice } from '#control/billing/plan-of-price.js';
import { standingOf } from '#control/billing/billing-standing.js';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';
import { FlakyDoor } from '#testing/billing/flaky-door.js';
import { until } from '#testing/faults/until.js';

/** In the suite a short form; `BILLING_EVENTS=10000` is the long one. */
const EVENTS = Number(process.env['BILLING_EVENTS'] ?? 600);
const TENANTS = Number(process.env['BILLING_TENANTS'] ?? 20);

interface Sender {
  readonly waiting: number;
  readonly underWay: number;
  readonly dropped: number;
}

describe('what is kept, beside the provider itself', () => {
  let stage: BillingStage;
  const billed: Billed[] = [];
  let door: FlakyDoor | undefined;

  beforeAll(async () => {
    stage = await BillingStage.open();
    for (let count = 0; count < TENANTS; count += 1) billed.push(await stage.billed());
  }, 600_000);
  afterAll(async () => {
    await door?.close();
    await stage.close();
  });

  /** What differs between what is kept and what the provider has, by tenant. */
  const differences = async (): Promise<object[]> => {
    const found: object[] = [];
    for (const { tenant, customerId } of billed) {
      const truth = chosenSubscription(await stage.platform.billing.subscriptionsOf(customerId));
      const [kept, fresh] = [await stage.record(tenant), await stage.fresh(tenant)];
      const plan = planOfPrice(stage.platform.plans, truth?.priceKey ?? null);
      const said = [
        truth?.id,
        truth?.status,
        plan,
        truth?.cancelAtPeriodEnd,
        truth?.scheduled?.at.toISOString(),
        truth?.periodEnd.toISOString(),
      ];
      const ours = [
        kept?.subscriptionId,
        kept?.status,
        kept?.plan,
        kept?.cancelAtPeriodEnd,
        kept?.scheduled?.at,
        kept?.periodEnd.toISOString(),
      ];
      if (JSON.stringify(said) !== JSON.stringify(ours)) found.push({ said, ours });
      const isLive = truth && !['incomplete', 'incomplete_expired', 'canceled'].includes(truth.status);
      if (isLive && fresh.plan !== plan) found.push({ plan, ours: fresh.plan });
      const access = kept && standingOf(kept, stage.platform.members.clock.now()).access;
      if (access && fresh.access !== access) found.push({ access, ours: fresh.access });
    }
    return found;
  };

  /** Something a customer, or time, does. */
  const act = async ({ customerId, subscription: { id } }: Billed): Promise<void> => {
    const { billing } = stage.platform;
    const subscriptionId = id;
    const change = { subscriptionId, priceKey: ['starter-monthly', 'professional-monthly', 'enterprise-monthly'][randomInt(3)]! };
    const acts = [
      () => billing.upgrade({ ...change, prorationAt: new Date() }),
      () => billing.downgradeAtPeriodEnd(change),
      () => billing.cancelScheduledChange(subscriptionId),
      () => billing.cancel({ subscriptionId, at: 'period-end' }),
      () => billing.withdrawCancellation(subscriptionId),
      () => stage.control('POST', `customers/${customerId}/card`, { works: randomInt(3) > 0 }),
      () => stage.control('POST', 'clock', { advanceSeconds: 86_400 * randomInt(1, 12), customer: customerId }),
      ...(randomInt(12) === 0 ? [() => billing.cancel({ subscriptionId, at: 'now' as const })] : []),
    ];
    // What the provider refuses in the state that it is in, it refuses.
    await acts[randomInt(acts.length)]?.().catch(() => undefined);
  };

  it(
    'ends as the provider has it for every tenant, whatever way notices come, when all was compared once',
    async () => {
      await stage.listen({ duplicate: 3, shuffle: true, drop: 0.01, parallel: 4, retryMs: 20 }, 'snapshot', async (address) => {
        door = await FlakyDoor.before(address, 0.05);
        return door.url;
      });
      const { billing } = stage.platform as { billing: { subscriptionsOf: (id: string) => Promise<unknown> } };
      const real = billing.subscriptionsOf.bind(billing);
      let isFailing = true;
      billing.subscriptionsOf = (id) =>
        isFailing && randomInt(20) === 0 ? Promise.reject(new BillingUnavailableError('told to')) : real(id);
      const begun = stage.stripe.ledger.happenings.size;
      const happened = (): number => stage.stripe.ledger.happenings.size - begun;
      const over = new AbortController();
      const worker = (async () => {
        while (!over.signal.aborted) {
          await stage.work();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      })();
      while (happened() < EVENTS) await act(billed[randomInt(billed.length)]!);
      const sent = async (): Promise<Sender> => (await stage.control('GET', 'webhooks')) as Sender;
      await until(
        async () => {
          const { waiting, underWay } = await sent();
          return waiting + underWay === 0;
        },
        120_000 + EVENTS * 60,
      );
      over.abort();
      await worker;
      await stage.work();
      isFailing = false;
      const [{ n: rows } = { n: '0' }] = await stage.rows<{ n: string }>('select count(*)::text as n from stripe_event');
      const [{ n: open } = { n: '' }] = await stage.rows<{ n: string }>(
        `select count(*)::text as n from stripe_event where state <> 'processed'`,
      );
      const before = (await differences()).length;
      const report = (await stage.run('billing.reconcile')) as ReconcileReport;
      expect(await differences()).toEqual([]);
      expect([report.checked, report.failed, open]).toEqual([TENANTS, 0, '0']);
      // Three of each came, and each is there once.
      expect(Number(rows)).toBeLessThanOrEqual(stage.stripe.ledger.happenings.size);
      expect(door?.refused).toBeGreaterThan(0);
      console.info({
        events: happened(),
        answered503: door?.refused,
        rows,
        dropped: (await sent()).dropped,
        differedBefore: before,
        report,
      });
      const again = (await stage.run('billing.reconcile')) as ReconcileReport;
      expect([again.repaired, again.unmatched, again.missing]).toEqual([0, 0, 0]);
    },
    600_000 + EVENTS * 400,
  );

  it('is right after one comparison when no notice came for forty days, and strangers are counted', async () => {
    await stage.control('POST', 'webhooks', { endpoints: [] });
    const [lost, kept] = [await stage.billed(), await stage.billed()];
    await stage.platform.billing.upgrade({
      subscriptionId: lost.subscription.id,
      priceKey: 'professional-monthly',
      prorationAt: new Date(),
    });
    await stage.control('POST', 'clock', { advanceSeconds: 40 * 86_400, customer: lost.customerId });
    const stranger = await stage.platform.billing.ensureCustomer({
      tenantId: '01970000-0000-7000-8000-00000000000a',
      name: 'S',
      email: 's@example.test',
    });
    const report = (await stage.run('billing.reconcile')) as ReconcileReport;
    expect(report).toMatchObject({ repaired: 1, unmatched: 1, failed: 0 });
    expect((await stage.fresh(lost.tenant)).plan).toBe('professional');
    expect((await stage.fresh(kept.tenant)).plan).toBe('starter');
    await stage.platform.billing.deleteCustomer(stranger.id);
    billed.push(lost, kept);
    expect(await differences()).toEqual([]);
  });
});
