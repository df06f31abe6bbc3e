import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { WebhookRefusedError } from '#control/billing/billing-provider.js';
import { BillingStage, type ReceivedNotice } from '#testing/billing-stage.js';
import { until } from '#testing/faults/until.js';

const SECRETS = ['whsec_the-new-one-of-two', 'whsec_the-old-one-of-two'] as const;
let stage: BillingStage;
let billing: BillingStage['billing'];

beforeAll(async () => {
  stage = await BillingStage.open();
  billing = stage.open({ webhookSecrets: SECRETS });
});
afterAll(async () => {
  billing.close();
  await stage.close();
});

/** What happens to a new customer, as it comes to an endpoint. */
async function happenings(
  shape: 'snapshot' | 'thin',
): Promise<{ received: ReceivedNotice[]; secret: string; customerId: string; subscriptionId: string }> {
  const { received, endpoint, secret } = await stage.endpoint(shape);
  await stage.switches.webhooks({ endpoints: [endpoint] });
  const made = await stage.customer();
  const subscription = await stage.billing.startSubscription({ ...made, priceKey: 'starter-monthly', collection: 'invoice' });
  await until(() => received.length >= 4, 20_000);
  return { received, secret, customerId: made.customerId, subscriptionId: subscription.id };
}

const body = (change: object = {}): string =>
  JSON.stringify({
    id: 'evt_1',
    object: 'event',
    type: 'customer.updated',
    created: 1_800_000_000,
    livemode: true,
    data: { object: { id: 'cus_1', object: 'customer' } },
    ...change,
  });
const signed = (payload: string, at: Date, secret: string = SECRETS[0]): string =>
  Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp: Math.floor(at.getTime() / 1_000) });
const read = (payload: string, header: string | undefined, now: Date): ReturnType<BillingStage['billing']['readNotice']> =>
  billing.readNotice(Buffer.from(payload), header, now);

describe('notices', () => {
  it('with the object say what happened to whom', async () => {
    const { received, secret, customerId, subscriptionId } = await happenings('snapshot');
    const reader = stage.open({ webhookSecrets: [secret] });
    const notices = received.map((each) => reader.readNotice(each.body, each.signature, new Date()));
    expect(notices.slice(0, 4).map(({ type }) => type)).toEqual([
      'customer.created',
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
    ]);
    expect(notices.every((notice) => notice.customerId === customerId && !notice.isLive)).toBe(true);
    expect(notices[1]).toMatchObject({ objectType: 'subscription', objectId: subscriptionId, id: expect.stringMatching(/^evt_/) });
    expect(Math.abs(notices[1]!.createdAt.getTime() - Date.now())).toBeLessThan(60_000);
    reader.close();
  });

  it('without the object say which it is, and whose it is can be asked', async () => {
    const { received, secret, customerId, subscriptionId } = await happenings('thin');
    const reader = stage.open({ webhookSecrets: [secret] });
    const notices = received.map((each) => reader.readNotice(each.body, each.signature, new Date()));
    const subscribed = notices.find(({ type }) => type === 'customer.subscription.created')!;
    expect(subscribed).toMatchObject({ customerId: null, objectType: 'subscription', objectId: subscriptionId });
    expect(notices[0]).toMatchObject({ type: 'customer.created', customerId });
    for (const notice of notices) expect(await reader.customerBehind(notice)).toBe(customerId);
    expect(await reader.customerBehind({ objectType: 'subscription', objectId: 'sub_never' })).toBeNull();
    expect(await reader.customerBehind({ objectType: 'product', objectId: 'prod_x' })).toBeNull();
    // As the vendor's own client reads them.
    const thin = JSON.parse(received[1]!.body.toString()) as { id: string };
    expect(await stage.vendor.v2.core.events.retrieve(thin.id)).toMatchObject({ type: 'v1.customer.subscription.created' });
    reader.close();
  });

  it('are taken when either of two secrets signed them, and no third', () => {
    const now = new Date();
    for (const secret of SECRETS) expect(read(body(), signed(body(), now, secret), now)).toMatchObject({ id: 'evt_1', isLive: true });
    const both = `${signed(body(), now, 'whsec_another-of-somebody')},${signed(body(), now, SECRETS[1]).split(',')[1]!}`;
    expect(read(body(), both, now)).toMatchObject({ customerId: 'cus_1' });
    expect(() => read(body(), signed(body(), now, 'whsec_another-of-somebody'), now)).toThrow(new WebhookRefusedError('signature'));
  });

  it.each([
    [-299, undefined],
    [-300, undefined],
    [-301, 'age'],
    [299, undefined],
    [300, undefined],
    [301, 'age'],
    [3_600, 'age'],
  ])('signed %i s away from now are taken or refused: %s', (seconds, reason) => {
    const now = new Date(1_800_000_000_000);
    const header = signed(body(), new Date(now.getTime() + seconds * 1_000));
    if (reason === undefined) expect(read(body(), header, now).id).toBe('evt_1');
    else expect(() => read(body(), header, now)).toThrow(new WebhookRefusedError('age'));
  });

  it('are refused when one byte is another, wherever it is', () => {
    const now = new Date();
    const payload = body();
    const header = signed(payload, now);
    for (let place = 0; place < payload.length; place += 7) {
      const changed = Buffer.from(payload);
      changed[place]! ^= 1;
      expect(() => billing.readNotice(changed, header, now)).toThrow(WebhookRefusedError);
    }
    expect(() => read(`${payload} `, header, now)).toThrow(new WebhookRefusedError('signature'));
  });

  it.each([undefined, '', 't=1', 'v1=', 'nonsense', 't=NaN,v1=00', ','.repeat(10_000), 't=1,t=2,v1=x'])(
    'are refused with the header %j',
    (header) => {
      expect(() => read(body(), header, new Date())).toThrow(WebhookRefusedError);
    },
  );

  it('cannot be made younger by a second time in the header', () => {
    const now = new Date();
    const old = signed(body(), new Date(now.getTime() - 3_600_000));
    const fresh = `t=${Math.floor(now.getTime() / 1_000)}`;
    for (const header of [`${fresh},${old}`, `${old},${fresh}`]) expect(() => read(body(), header, now)).toThrow(WebhookRefusedError);
  });

  it.each([
    '',
    'x',
    'null',
    '[]',
    '"event"',
    '{}',
    '{"object":"event"}',
    body({ object: 'else' }),
    body({ id: 7 }),
    body({ created: 'x' }),
    body({ created: 8_640_000_000_000 }),
    ...['evt\0', 'e'.repeat(256)].flatMap((id) => [body({ id }), body({ data: { object: { object: 'invoice', id } } })]),
    ...['cus\0', 'c'.repeat(256)].map((customer) => body({ data: { object: { object: 'invoice', customer } } })),
    ...['in\0voice', 'i'.repeat(101)].map((object) => body({ data: { object: { object } } })),
    body({ type: 't'.repeat(201) }),
  ])('that are signed and no notices are refused: %s', (payload) => {
    const now = new Date();
    expect(() => read(payload, signed(payload, now), now)).toThrow(WebhookRefusedError);
  });

  it('of a kind without an object or a customer are read all the same', () => {
    const now = new Date();
    const payload = body({ id: `evt_${randomUUID()}`, type: 'balance.available', data: null });
    expect(read(payload, signed(payload, now), now)).toMatchObject({ customerId: null, objectId: null, type: 'balance.available' });
  });
});
