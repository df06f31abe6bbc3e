import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { BillingStage, type ReceivedNotice } from '#testing/billing-stage.js';
import { until } from '#testing/faults/until.js';
import { StripeStandIn } from './stripe-stand-in.js';
import { StripeSwitches } from './stripe-switches.js';

const DAY = 86_400;
let stage: BillingStage;
let vendor: Stripe;

beforeAll(async () => {
  stage = await BillingStage.open();
  vendor = stage.vendor;
});
afterEach(async () => {
  await stage.switches.plan({ always: null });
  await stage.switches.webhooks({
    endpoints: [],
    duplicate: 1,
    shuffle: false,
    delayMs: 0,
    drop: 0,
    hold: false,
    parallel: 1,
    retryMs: 1_000,
    tries: 8,
  });
});
afterAll(() => stage.close());

const priceOf = async (key: string): Promise<string> => (await vendor.prices.list({ lookup_keys: [key] })).data[0]!.id;
const subscribed = async (
  card: 'works' | 'fails' | undefined,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> => {
  const { customerId } = await stage.customer(card);
  return vendor.subscriptions.create({ customer: customerId, items: [{ price: await priceOf('starter-monthly') }], ...params });
};
const statusOf = async (subscription: Stripe.Subscription): Promise<string> =>
  (await vendor.subscriptions.retrieve(subscription.id)).status;
const typesOf = (received: readonly ReceivedNotice[]): string[] =>
  received.map(({ body }) => (JSON.parse(body.toString()) as { type: string }).type);
const idsOf = (received: readonly ReceivedNotice[]): string[] =>
  received.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);

describe('Stripe stand-in, asked by the vendor’s client', () => {
  it('gives a key the same answer again, also a failure, and no other request the key', async () => {
    const idempotencyKey = randomUUID();
    const first = await vendor.customers.create({ name: 'Acme' }, { idempotencyKey });
    const second = await vendor.customers.create({ name: 'Acme' }, { idempotencyKey });
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(second.lastResponse.requestId).not.toBe(first.lastResponse.requestId);
    await expect(vendor.customers.create({ name: 'Globex' }, { idempotencyKey })).rejects.toMatchObject({
      type: 'StripeIdempotencyError',
      statusCode: 400,
    });

    const failed = { idempotencyKey: randomUUID() };
    await stage.switches.plan({ next: [{ status: 500 }], path: '/v1/customers' });
    await expect(vendor.customers.create({ name: 'Acme' }, failed)).rejects.toMatchObject({ statusCode: 500 });
    await expect(vendor.customers.create({ name: 'Acme' }, failed)).rejects.toMatchObject({ statusCode: 500 });
    const limited = { idempotencyKey: randomUUID() };
    await stage.switches.plan({ next: [{ status: 429, retryAfter: 1 }], path: '/v1/customers' });
    await expect(vendor.customers.create({ name: 'Acme' }, limited)).rejects.toMatchObject({
      type: 'StripeRateLimitError',
      headers: { 'retry-after': '1' },
    });
    expect((await vendor.customers.create({ name: 'Acme' }, limited)).name).toBe('Acme');
  });

  it('refuses a second request while the first of its key is under way', async () => {
    const idempotencyKey = randomUUID();
    await stage.switches.plan({ next: [{ delayMs: 1_500 }], path: '/v1/customers' });
    const first = vendor.customers.create({ name: 'Acme' }, { idempotencyKey });
    await expect(
      until(async () => {
        const status = await vendor.customers.create({ name: 'Acme' }, { idempotencyKey }).then(
          () => 200,
          (error: unknown) => (error as Stripe.errors.StripeError).statusCode,
        );
        return status === 409;
      }, 1_400),
    ).resolves.toBeDefined();
    expect((await first).name).toBe('Acme');
  });

  it('does the work and loses the answer when told to', async () => {
    const email = `${randomUUID()}@example.test`;
    const patient = new Stripe('sk_test_of-these-specs', {
      host: '127.0.0.1',
      port: new URL(stage.standIn.url).port,
      protocol: 'http',
      maxNetworkRetries: 2,
      telemetry: false,
    });
    await stage.switches.plan({ next: [{ afterEffect: true }], path: '/v1/customers' });
    const made = await patient.customers.create({ email });
    expect((await vendor.customers.list({ email })).data.map(({ id }) => id)).toEqual([made.id]);
  });

  it('refuses in Stripe’s words', async () => {
    await expect(vendor.customers.retrieve('cus_none')).rejects.toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      type: 'StripeInvalidRequestError',
    });
    await expect(vendor.subscriptions.create({ customer: 'cus_none', items: [{ price: 'price_none' }] })).rejects.toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'customer',
    });
    await expect(vendor.customers.create({ nick: 'x' } as Stripe.CustomerCreateParams)).rejects.toMatchObject({
      code: 'parameter_unknown',
      param: 'nick',
    });
    await expect(
      new Stripe('sk_test_other', { host: '127.0.0.1', port: new URL(stage.standIn.url).port, protocol: 'http' }).customers.list(),
    ).rejects.toMatchObject({ statusCode: 401 });
    await expect(vendor.subscriptions.list({ expand: ['data.schedule.phases.items.price'] })).rejects.toThrow(/more than 4 levels/);
  });

  it('gives lists in pages, the newest first, and searches in pages', async () => {
    const [mark, made] = [randomUUID(), [] as string[]];
    for (let each = 0; each < 7; each += 1) made.push((await vendor.customers.create({ email: `${mark}@x.test`, metadata: { mark } })).id);
    const found: string[] = [];
    for await (const { id } of vendor.customers.list({ email: `${mark}@x.test`, limit: 3 })) found.push(id);
    expect(found).toEqual(made.toReversed());
    const back = await vendor.customers.list({ email: `${mark}@x.test`, limit: 2, ending_before: made[0]! });
    expect(back.data.map(({ id }) => id)).toEqual([made[2], made[1]]);
    const searched: string[] = [];
    for await (const { id } of vendor.customers.search({ query: `metadata['mark']:'${mark}' AND email:'${mark}@x.test'`, limit: 3 }))
      searched.push(id);
    expect(searched.sort()).toEqual(made.sort());
  });

  it('sells prices that are made as they are asked for', async () => {
    const key = `spec-${randomUUID()}`;
    const make = (transfer_lookup_key: boolean): Promise<Stripe.Price> =>
      vendor.prices.create({
        currency: 'eur',
        unit_amount: 100,
        recurring: { interval: 'month' },
        product_data: { name: 'Spec' },
        lookup_key: key,
        transfer_lookup_key,
      });
    const first = await make(false);
    await expect(make(false)).rejects.toMatchObject({ param: 'lookup_key' });
    const second = await make(true);
    expect((await vendor.prices.list({ lookup_keys: [key] })).data.map(({ id }) => id)).toEqual([second.id]);
    expect((await vendor.prices.retrieve(first.id)).lookup_key).toBeNull();
  });

  it('renews by one customer’s clock, and by no other’s', async () => {
    const [mine, other] = [await subscribed('works'), await subscribed('works')];
    await stage.switches.advance(70 * DAY, mine.customer as string);
    const renewed = (await vendor.subscriptions.retrieve(mine.id)).items.data[0]!;
    expect(renewed.current_period_end).toBeGreaterThan(Math.floor(Date.now() / 1_000) + 70 * DAY);
    expect((await vendor.invoices.list({ subscription: mine.id })).data.map(({ status }) => status)).toEqual(['paid', 'paid', 'paid']);
    expect((await vendor.subscriptions.retrieve(other.id)).items.data).toEqual(other.items.data);
  });

  it.each([
    ['cancel', 'canceled'],
    ['unpaid', 'unpaid'],
    ['past_due', 'past_due'],
  ] as const)('lets a failed charge end as it is told: %s', async (after, status) => {
    await stage.switches.afterDunning(after);
    const subscription = await subscribed('works');
    const customer = subscription.customer as string;
    await stage.switches.card(customer, false);
    await stage.switches.advance(32 * DAY, customer);
    expect(await statusOf(subscription)).toBe('past_due');
    await stage.switches.advance(25 * DAY, customer);
    expect(await statusOf(subscription)).toBe(status);
    if (status !== 'canceled') {
      await stage.switches.card(customer, true);
      expect(await statusOf(subscription)).toBe('active');
    }
  });

  it.each([
    ['pause', 'paused'],
    ['cancel', 'canceled'],
    ['create_invoice', 'past_due'],
  ] as const)('ends a trial without a card as it is told: %s', async (missing, status) => {
    const trial_end = Math.floor(Date.now() / 1_000) + 7 * DAY;
    const subscription = await subscribed(undefined, { trial_end, trial_settings: { end_behavior: { missing_payment_method: missing } } });
    await stage.switches.advance(8 * DAY, subscription.customer as string);
    expect(await statusOf(subscription)).toBe(status);
    const { data } = await vendor.events.list({ limit: 100 });
    const types = data.filter(({ data: { object } }) => (object as { id?: string }).id === subscription.id).map(({ type }) => type);
    expect(types).toContain('customer.subscription.trial_will_end');
  });

  it('lets what was never paid expire, and a bill become overdue', async () => {
    const waiting = await subscribed(undefined, { payment_behavior: 'default_incomplete' });
    expect(waiting.status).toBe('incomplete');
    await stage.switches.advance(DAY, waiting.customer as string);
    expect(await statusOf(waiting)).toBe('incomplete_expired');
    const billed = await subscribed(undefined, { collection_method: 'send_invoice', days_until_due: 14 });
    await stage.switches.advance(15 * DAY, billed.customer as string);
    expect(await statusOf(billed)).toBe('past_due');
    const [invoice] = (await vendor.invoices.list({ subscription: billed.id })).data;
    await vendor.invoices.pay(invoice!.id, { paid_out_of_band: true });
    expect(await statusOf(billed)).toBe('active');
  });

  it('holds who is on a schedule to it', async () => {
    const subscription = await subscribed('works');
    const schedule = await vendor.subscriptionSchedules.create({ from_subscription: subscription.id });
    await expect(vendor.subscriptionSchedules.create({ from_subscription: subscription.id })).rejects.toThrow(/already attached/);
    await expect(vendor.subscriptions.update(subscription.id, { cancel_at_period_end: true })).rejects.toThrow(
      /managed by the subscription schedule/,
    );
    const read = await vendor.subscriptions.retrieve(subscription.id, { expand: ['schedule'] });
    expect(read.schedule).toMatchObject({ id: schedule.id, status: 'active' });
    await vendor.subscriptionSchedules.release(schedule.id);
    expect(await vendor.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
      status: 'released',
      released_subscription: subscription.id,
    });
    const again = await vendor.subscriptionSchedules.create({ from_subscription: subscription.id });
    await vendor.subscriptionSchedules.cancel(again.id);
    expect(await statusOf(subscription)).toBe('canceled');
  });

  it('ends the subscriptions of a customer that is deleted', async () => {
    const subscription = await subscribed('works');
    await vendor.customers.del(subscription.customer as string);
    expect(await vendor.customers.retrieve(subscription.customer as string)).toMatchObject({ deleted: true });
    expect(await statusOf(subscription)).toBe('canceled');
  });

  it('keeps what it knows over a restart when told to', async () => {
    const data = mkdtempSync(join(tmpdir(), 'stripe-'));
    const start = (): Promise<StripeStandIn> => StripeStandIn.start({ port: 0, apiKey: 'sk_test_kept', data, isKept: true });
    const client = (of: StripeStandIn): Stripe =>
      new Stripe('sk_test_kept', { host: '127.0.0.1', port: new URL(of.url).port, protocol: 'http', telemetry: false });
    const before = await start();
    expect(JSON.parse(readFileSync(join(data, 'ready.json'), 'utf8'))).toEqual({ url: before.url });
    const { id } = await client(before).customers.create({ name: 'Acme' });
    await new StripeSwitches(before.url).card(id, true);
    const [price] = (await client(before).prices.list({ lookup_keys: ['starter-monthly'] })).data;
    const subscription = await client(before).subscriptions.create({ customer: id, items: [{ price: price!.id }] });
    await before.stop();
    expect(existsSync(join(data, 'ready.json'))).toBe(false);
    const after = await start();
    expect(await client(after).customers.retrieve(id)).toMatchObject({ name: 'Acme' });
    await new StripeSwitches(after.url).advance(32 * DAY, id);
    expect((await client(after).subscriptions.retrieve(subscription.id)).status).toBe('active');
    expect((await client(after).prices.list({ lookup_keys: ['starter-monthly'] })).data).toMatchObject([{ id: price!.id }]);
    await after.stop();
    rmSync(data, { recursive: true });
  });
});

describe('notices of the Stripe stand-in', () => {
  const events = async (count: number): Promise<void> => {
    for (let each = 0; each < count; each += 1) await vendor.customers.create({ name: String(each) });
  };

  it('come in order, signed, in the shape that was asked for', async () => {
    const [snapshots, thins] = [await stage.endpoint('snapshot'), await stage.endpoint('thin')];
    await stage.switches.webhooks({ endpoints: [snapshots.endpoint, thins.endpoint] });
    await events(5);
    await until(() => snapshots.received.length === 5 && thins.received.length === 5, 20_000);
    const names = snapshots.received.map(({ body, signature }) => {
      const event = vendor.webhooks.constructEvent(body, signature!, snapshots.secret);
      return (event.data.object as Stripe.Customer).name;
    });
    expect(names).toEqual(['0', '1', '2', '3', '4']);
    const notice = vendor.parseEventNotification(thins.received[0]!.body, thins.received[0]!.signature!, thins.secret);
    expect(notice.type).toBe('v1.customer.created');
    expect(() => vendor.webhooks.constructEvent(snapshots.received[0]!.body, snapshots.received[0]!.signature!, thins.secret)).toThrow();
  });

  it('are sent again until they are taken', async () => {
    const { received, endpoint } = await stage.endpoint('snapshot', (place) => (place <= 2 ? 503 : 200));
    await stage.switches.webhooks({ endpoints: [endpoint], retryMs: 20 });
    await events(2);
    await until(async () => received.length === 4 && (await stage.switches.delivered()).waiting === 0, 20_000);
    expect(new Set(idsOf(received)).size).toBe(2);
  });

  it('come twice, late, mixed or never when told to', async () => {
    const { received, endpoint } = await stage.endpoint('snapshot');
    await stage.switches.webhooks({ endpoints: [endpoint], duplicate: 3, shuffle: true, hold: true });
    await events(10);
    expect(received).toHaveLength(0);
    await stage.switches.webhooks({ hold: false, parallel: 4 });
    await until(() => received.length === 30, 20_000);
    expect(new Set(idsOf(received)).size).toBe(10);
    const sorted = [...idsOf(received)].sort((a, b) => idsOf(received).indexOf(a) - idsOf(received).indexOf(b));
    expect(idsOf(received)).not.toEqual(sorted);
    await stage.switches.webhooks({ duplicate: 1, drop: 1 });
    await events(3);
    await stage.switches.webhooks({ drop: 0 });
    await stage.switches.plan({ next: [{ duplicate: 2 }] });
    await events(1);
    await until(() => received.length === 32, 20_000);
    await stage.switches.resend(idsOf(received)[0]!);
    await until(() => received.length === 33, 20_000);
    expect(typesOf(received).every((type) => type === 'customer.created')).toBe(true);
  });
});
