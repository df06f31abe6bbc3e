import { request } from 'node:http';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';
import { until } from '#testing/faults/until.js';

interface Kept {
  readonly id: string;
  readonly state: string;
  readonly customer_id: string | null;
  readonly error: string | null;
}

describe('the webhook of the payment provider', () => {
  let stage: BillingStage;
  let acme: Billed;
  let globex: Billed;

  beforeAll(async () => {
    stage = await BillingStage.open();
    [acme, globex] = [await stage.billed(), await stage.billed()];
  });
  afterAll(() => stage.close());

  const kept = (id: string): Promise<Kept[]> =>
    stage.rows<Kept>('select id, state, customer_id, error from stripe_event where id = ?', [id]);
  const works = (customerId: string): Promise<unknown[]> =>
    stage.rows(`select id from work where kind = 'billing.sync-customer' and input ->> 'customerId' = ?`, [customerId]);
  const codeOf = (answer: { body: string }): string => (JSON.parse(answer.body) as { code: string }).code;

  it('takes a notice fifty times at once as one: one row, one look at the customer, and each is thanked', async () => {
    const before = await stage.record(acme.tenant);
    const notice = stage.notice({ id: 'evt_fifty', customer: acme.customerId });
    const answers = await Promise.all(Array.from({ length: 50 }, () => stage.send(notice)));
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    expect(await kept('evt_fifty')).toMatchObject([{ state: 'received', customer_id: acme.customerId }]);
    expect(await works(acme.customerId)).toHaveLength(1);
    await stage.work();
    expect(await kept('evt_fifty')).toMatchObject([{ state: 'processed' }]);
    expect((await stage.record(acme.tenant))?.version).toBe((before?.version ?? 0) + 1);
    expect(await works(globex.customerId)).toEqual([]);
  });

  it.each([
    ['a signature with another secret', () => ({ secret: 'whsec_other' }), 400],
    ['one of 301 seconds ago', () => ({ at: new Date(Date.now() - 301_000) }), 400],
    ['one of 310 seconds ahead', () => ({ at: new Date(Date.now() + 310_000) }), 400],
    ['one of 290 seconds ago', () => ({ at: new Date(Date.now() - 290_000) }), 200],
  ])('answers %s', async (_what, about, status) => {
    const id = `evt_${String(Math.random()).slice(2)}`;
    const answer = await stage.send(stage.notice({ id, customer: acme.customerId, ...about() }));
    expect([answer.statusCode, (await kept(id)).length]).toEqual([status, status === 200 ? 1 : 0]);
    if (status === 400) expect(codeOf(answer)).toBe('billing.webhook-refused');
  });

  it('takes what the second secret signed, and nothing that was changed by a byte, put together anew, packed, or sent without a signature', async () => {
    const second = stage.platform.config.STRIPE_WEBHOOK_SECRETS[1] ?? '';
    expect((await stage.send(stage.notice({ id: 'evt_second', secret: second }))).statusCode).toBe(200);
    const { payload, headers } = stage.notice({ id: 'evt_changed', customer: acme.customerId });
    const changed = [
      payload.replace('updated', 'updatee'),
      `${payload} `,
      `\uFEFF${payload}`,
      JSON.stringify(JSON.parse(payload), null, 1),
    ];
    for (const body of changed) expect((await stage.send({ payload: body, headers })).statusCode).toBe(400);
    expect((await stage.send({ payload, headers: { host: 'localhost' } })).statusCode).toBe(400);
    expect((await stage.send({ payload, headers: { ...headers, 'content-encoding': 'gzip' } })).statusCode).toBe(415);
    expect((await stage.send({ payload: '', headers })).statusCode).toBe(400);
    expect(await kept('evt_changed')).toEqual([]);
    expect((await stage.send({ payload, headers })).statusCode).toBe(200);
  });

  it('takes a body of any type, but none larger than a mebibyte, whether it says so before or not', async () => {
    await stage.listen();
    const { payload, headers } = stage.notice({ id: 'evt_type', customer: acme.customerId });
    expect((await stage.send({ payload, headers: { ...headers, 'content-type': 'text/plain' } })).statusCode).toBe(200);
    const large = JSON.stringify({ object: 'event', id: 'evt_large', padding: 'x'.repeat(2_000_000) });
    expect((await stage.send({ payload: large, headers: stage.signed(large) })).statusCode).toBe(413);
    expect(await sentInPieces(await stage.app.getUrl(), large, stage.signed(large))).toBe(413);
    expect(await kept('evt_large')).toEqual([]);
  });

  it('needs no cookie and no token, is there on the platform’s host alone, and is not counted by address', async () => {
    const { payload, headers } = stage.notice({ id: 'evt_host', customer: acme.customerId });
    const at = (host: string) => stage.send({ payload, headers: { ...headers, host } });
    for (const host of [`${acme.tenant.slug}.localhost`, 'admin.localhost']) expect((await at(host)).statusCode).toBe(404);
    const answer = await stage.send({ payload, headers: { ...headers, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' } });
    expect([answer.statusCode, answer.headers['ratelimit']]).toEqual([200, undefined]);
  });

  it('keeps a type it does not know and does nothing about it', async () => {
    const before = await works(acme.customerId);
    expect(
      (await stage.send(stage.notice({ id: 'evt_unknown', type: 'terminal.reader.moved', customer: acme.customerId }))).statusCode,
    ).toBe(200);
    expect(await kept('evt_unknown')).toMatchObject([{ state: 'processed' }]);
    expect(await works(acme.customerId)).toHaveLength(before.length);
  });

  it('passes over a notice of real money when its own key is for play', async () => {
    expect((await stage.send(stage.notice({ id: 'evt_live', customer: acme.customerId, livemode: true }))).statusCode).toBe(200);
    expect(await kept('evt_live')).toEqual([]);
  });

  it('reads notices of either shape, and asks whose a thin one is', async () => {
    await stage.work();
    await stage.listen({}, 'thin');
    const record = await stage.record(globex.tenant);
    await stage.platform.billing.cancel({ subscriptionId: globex.subscription.id, at: 'period-end' });
    await until(
      async () => (await stage.rows('select id from stripe_event where object_id = ?', [globex.subscription.id])).length > 0,
      10_000,
    );
    await stage.work();
    const after = await stage.record(globex.tenant);
    expect([record?.cancelAtPeriodEnd, after?.cancelAtPeriodEnd]).toEqual([false, true]);
    expect(await stage.rows(`select id from stripe_event where object_id = ? and customer_id is null`, [globex.subscription.id])).toEqual(
      [],
    );
    expect((await stage.record(acme.tenant))?.cancelAtPeriodEnd).toBe(false);
    await stage.control('POST', 'webhooks', { endpoints: [] });
  });

  it('keeps a notice whose customer is nobody’s until it is known, and tells somebody after a day', async () => {
    const stranger = await stage.tests.tenant('row');
    const { id: customerId } = await stage.platform.billing.ensureCustomer({
      tenantId: stranger.id,
      name: 'Late',
      email: 'late@example.test',
    });
    await stage.rows('delete from billing_customer where tenant_id = ? returning tenant_id', [stranger.id]);
    await stage.send(stage.notice({ id: 'evt_early', customer: customerId }));
    await stage.send(stage.notice({ id: 'evt_never', customer: 'cus_never' }));
    await stage.work();
    expect(await kept('evt_early')).toMatchObject([{ state: 'unmatched', error: 'billing.customer-unknown' }]);
    await stage.billing.accounts.remember(stranger.id, customerId);
    stage.setAhead(10 * 60_000);
    await stage.run('billing.progress-grace');
    await stage.work();
    expect(await kept('evt_early')).toMatchObject([{ state: 'processed' }]);
    const told = () =>
      stage.rows(`select action from platform_audit_event where action = 'billing.unmatched' and details ->> 'event' = 'evt_never'`);
    expect(await told()).toEqual([]);
    stage.setAhead(24 * 3_600_000 + 60_000);
    for (let run = 0; run < 2; run += 1) await stage.run('billing.progress-grace');
    expect(await told()).toHaveLength(1);
    expect(await kept('evt_never')).toMatchObject([{ state: 'unmatched' }]);
    stage.setAhead(0);
  });

  it('waits for nobody when the customer is deleted, tells of what was never done about, and forgets all of it', async () => {
    const gone = await stage.billed();
    await stage.billing.accounts.forget(gone.tenant.id);
    await stage.platform.billing.deleteCustomer(gone.customerId);
    await stage.send(stage.notice({ id: 'evt_gone', customer: gone.customerId }));
    await stage.work();
    expect(await kept('evt_gone')).toMatchObject([{ state: 'processed', error: null }]);
    await stage.send(stage.notice({ id: 'evt_lost', customer: acme.customerId }));
    await stage.rows(`delete from work where input ->> 'customerId' = ? and state = 'queued' returning id`, [acme.customerId]);
    stage.setAhead(25 * 3_600_000);
    for (let run = 0; run < 2; run += 1) await stage.run('billing.progress-grace');
    expect(await kept('evt_lost')).toMatchObject([{ state: 'received' }]);
    const told = (id: string) =>
      stage.rows(`select 1 from platform_audit_event where action = 'billing.unmatched' and details ->> 'event' = ?`, [id]);
    expect([(await told('evt_lost')).length, (await told('evt_gone')).length]).toEqual([1, 0]);
    stage.setAhead(91 * 86_400_000);
    await stage.run('billing.reconcile');
    expect([await kept('evt_lost'), await kept('evt_gone')]).toEqual([[], []]);
    stage.setAhead(0);
  });

  it('is done about after a crash between the row and the work, and once', async () => {
    const { id } = { id: 'evt_crash' };
    await stage.send(stage.notice({ id, customer: acme.customerId }));
    // Nobody rang: the process that took it was killed at once. Whoever works looks for what is due.
    await stage.work();
    expect(await kept(id)).toMatchObject([{ state: 'processed' }]);
  });
});

/** Sends a body without saying how long it is. */
function sentInPieces(address: string, body: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address.replace('[::1]', '127.0.0.1')}/webhooks/stripe`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject);
    for (let at = 0; at < body.length; at += 100_000) sent.write(body.slice(at, at + 100_000));
    sent.end();
  });
}
