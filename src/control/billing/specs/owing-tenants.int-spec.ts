import type { SubscriptionFacts, SubscriptionStatus } from '#control/billing/billing-facts.js';
import { BillingSync } from '#control/billing/billing-sync.js';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';
import { MailSink } from '#testing/billing/mail-sink.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

describe('a tenant that owes', () => {
  let stage: BillingStage;
  let mails: MailSink;
  let acme: Billed;
  let globex: Billed;

  beforeAll(async () => {
    mails = await MailSink.open();
    stage = await BillingStage.open(mails.settings);
  });
  beforeEach(async () => {
    stage.setAhead(0);
    [acme, globex] = [await stage.billed(), await stage.billed()];
    await stage.work();
    await mails.take();
  });
  afterAll(async () => {
    await stage.close();
    await mails.close();
  });

  /** The provider says so from now on. */
  const says = async (billed: Billed, status: SubscriptionStatus, more: Partial<SubscriptionFacts> = {}): Promise<void> => {
    const [facts] = await stage.platform.billing.subscriptionsOf(billed.customerId);
    const { plans, members } = stage.platform;
    const { book, alert } = stage.billing;
    const { customerOf } = stage.platform.billing;
    const provider = { customerOf, subscriptionsOf: () => Promise.resolve([{ ...facts!, status, ...more }]) };
    await new BillingSync({ book, provider, plans, clock: members.clock, alert }).fetch(billed.customerId);
  };
  /** Mails about this tenant: time goes on for those of other specs here too. */
  const ours = async () => (await mails.take()).filter(({ subject = '' }) => subject.startsWith(`[${acme.tenant.name}]`));
  const at = async (milliseconds: number): Promise<string> => {
    stage.setAhead(milliseconds);
    await stage.run('billing.progress-grace');
    const { access, status } = await stage.fresh(acme.tenant);
    return `${access} ${status}`;
  };

  it('works for 7 days, reads until the 14th, is suspended then, and is whole again when it pays', async () => {
    await says(acme, 'past_due');
    expect([await at(0), await at(7 * DAY_MS - MINUTE_MS), await at(7 * DAY_MS + MINUTE_MS)]).toEqual([
      'full active',
      'full active',
      'read-only active',
    ]);
    // A repeated failure begins no new grace.
    await says(acme, 'past_due', { quantity: 2 });
    expect([await at(14 * DAY_MS - MINUTE_MS), await at(14 * DAY_MS + MINUTE_MS)]).toEqual(['read-only active', 'read-only suspended']);
    expect(await stage.fresh(globex.tenant)).toMatchObject({ access: 'full', status: 'active' });
    await says(acme, 'active');
    await stage.run('billing.sync-customer', { customerId: acme.customerId });
    expect(await stage.fresh(acme.tenant)).toMatchObject({ access: 'full', status: 'active' });
  });

  it('may only read meanwhile, except for what concerns the money', async () => {
    await says(acme, 'past_due');
    await at(8 * DAY_MS);
    stage.setAhead(0);
    const owner = await stage.people.signedIn(await stage.fresh(acme.tenant), 'owner');
    const neighbour = await stage.people.signedIn(await stage.fresh(globex.tenant), 'owner');
    const open = (who: typeof owner) => stage.ask('POST', '/api/tickets', { ...who.bearer, 'idempotency-key': 'one' }, { title: 'New' });
    const refused = await open(owner);
    expect([refused.statusCode, refused.json<{ code: string }>().code]).toEqual([403, 'access.read-only']);
    expect((await stage.ask('GET', '/api/tickets', owner.bearer)).statusCode).toBe(200);
    expect((await stage.ask('POST', '/api/billing/portal', owner.bearer)).statusCode).toBe(200);
    expect((await open(neighbour)).statusCode).toBe(201);
  });

  it('is written on the first day, the third, the sixth and when it is suspended, each once', async () => {
    await says(acme, 'past_due');
    await stage.work();
    const subjects = async (days: number): Promise<string[]> => {
      for (let run = 0; run < 2; run += 1) await at(days * DAY_MS + MINUTE_MS);
      return (await ours()).map(({ subject = '' }) => subject.replace(/^\[.*\] /, ''));
    };
    expect([await subjects(0), await subjects(1), await subjects(3), await subjects(6), await subjects(7), await subjects(14)]).toEqual([
      ['A payment did not go through'],
      [],
      ['A payment is still open'],
      ['From tomorrow nothing can be changed'],
      [],
      ['Suspended until the open invoice is paid'],
    ]);
  });

  it('is not written any more when it has paid meanwhile', async () => {
    await says(acme, 'past_due');
    await says(acme, 'active');
    await stage.work();
    expect(await ours()).toEqual([]);
  });

  it('pays by the link in the mail, also when it is suspended; the link opens nothing else, and not for ever', async () => {
    await says(acme, 'past_due');
    await at(14 * DAY_MS + MINUTE_MS);
    const mail = (await ours()).at(-1);
    const link = new URL(/http:\/\/localhost[^\s"]+/.exec(mail?.text ?? '')?.[0] ?? '');
    const follow = (url: string) => stage.ask('GET', url, { host: 'localhost' });
    const went = await follow(`${link.pathname}${link.search}`);
    expect([went.statusCode, went.headers['location']]).toEqual([303, expect.stringContaining(stage.stripe.url)]);
    expect(went.headers['cache-control']).toBe('no-store');
    const token = link.searchParams.get('t') ?? '';
    const forged = [
      token.replace(acme.tenant.id, globex.tenant.id),
      `${token.slice(0, -2)}AA`,
      token.replace(/\.\d{13}\./, '.9999999999999.'),
      'x',
    ];
    for (const wrong of forged) expect((await follow(`/api/billing/pay?t=${encodeURIComponent(wrong)}`)).statusCode).toBe(400);
    expect((await stage.ask('GET', `/api/billing/pay?t=${token}`, { host: `${acme.tenant.slug}.localhost` })).statusCode).not.toBe(303);
    stage.setAhead(45 * DAY_MS);
    expect((await follow(`${link.pathname}${link.search}`)).statusCode).toBe(400);
  });

  it('reads at once when it is given up by the provider, and is suspended a week later', async () => {
    await says(acme, 'unpaid');
    expect([await at(0), await at(7 * DAY_MS - MINUTE_MS), await at(7 * DAY_MS + MINUTE_MS)]).toEqual([
      'read-only active',
      'read-only active',
      'read-only suspended',
    ]);
  });

  it('is told so in words of its own when it is given up, once', async () => {
    await says(acme, 'past_due');
    await stage.work();
    await mails.take();
    await says(acme, 'unpaid');
    for (let run = 0; run < 2; run += 1) await at(0);
    const [mail, ...more] = await ours();
    expect([mail?.subject, more]).toEqual([`[${acme.tenant.name}] Nothing can be changed until the open invoice is paid`, []]);
    expect(mail?.text).toContain('After 7 days nobody can sign in.');
  });

  it('reads only while its trial is over without a card, and goes on when it has one', async () => {
    await says(acme, 'paused');
    expect(await at(0)).toBe('read-only active');
    await says(acme, 'active');
    expect(await at(0)).toBe('full active');
  });

  it('is cancelled when the period it paid for is over, and not before', async () => {
    const end = acme.subscription.periodEnd.getTime() - Date.now();
    await says(acme, 'canceled');
    expect([await at(0), await at(end - MINUTE_MS), await at(end + MINUTE_MS)]).toEqual(['full active', 'full active', 'full cancelled']);
    expect((await stage.fresh(globex.tenant)).status).toBe('active');
  });

  it('is whole again when it pays after it was cancelled and brought back, and when it pays while it is cancelled', async () => {
    const { lifecycle } = stage.platform;
    const follow = ({ customerId }: Billed) => stage.run('billing.sync-customer', { customerId });
    const end = acme.subscription.periodEnd.getTime() - Date.now();
    for (const each of [acme, globex]) {
      await says(each, 'past_due');
      await at(14 * DAY_MS + MINUTE_MS);
      await says(each, 'canceled');
      await at(Math.max(end, 14 * DAY_MS) + 2 * MINUTE_MS);
      expect((await stage.fresh(each.tenant)).status).toBe('cancelled');
    }
    await lifecycle.reactivate(acme.tenant.id, { reason: 'a spec' });
    stage.setAhead(0);
    for (const each of [acme, globex]) await follow(each);
    expect([(await stage.fresh(acme.tenant)).status, (await stage.fresh(globex.tenant)).status]).toEqual(['active', 'cancelled']);
    await lifecycle.reactivate(globex.tenant.id, { reason: 'a spec' });
    expect((await stage.fresh(globex.tenant)).status).toBe('active');
  });

  it('is not charged any more once it is cancelled, and that is seen to again should it be lost', async () => {
    const ends = async ({ customerId }: Billed): Promise<boolean | undefined> =>
      (await stage.platform.billing.subscriptionsOf(customerId))[0]?.cancelAtPeriodEnd;
    await stage.platform.lifecycle.cancel(acme.tenant.id, { reason: 'it leaves' });
    await stage.work();
    expect([await ends(acme), await ends(globex)]).toEqual([true, false]);
    await stage.platform.lifecycle.reactivate(acme.tenant.id, { reason: 'it stays' });
    await stage.work();
    expect([await ends(acme), (await stage.record(acme.tenant))?.cancelAtPeriodEnd]).toEqual([false, false]);
    await stage.tests.provisioning.provisioner.setStatus(globex.tenant.id, 'cancelled');
    await stage.run('billing.progress-grace');
    expect(await ends(globex)).toBe(true);
  });
});
