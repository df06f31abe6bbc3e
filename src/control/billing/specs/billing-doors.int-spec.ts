import { jest } from '@jest/globals';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { TestMember } from '#testing/members.js';
import { BillingStage, type Billed } from '#testing/billing/billing-stage.js';

interface Problem {
  readonly code: string;
}

describe('what a company does about money', () => {
  let stage: BillingStage;
  let acme: Billed;
  let globex: Billed;
  let owner: TestMember;
  let neighbour: TestMember;

  beforeAll(async () => {
    stage = await BillingStage.open();
  });
  beforeEach(async () => {
    [acme, globex] = [await stage.billed(), await stage.billed()];
    [owner, neighbour] = [await stage.people.signedIn(acme.tenant, 'owner'), await stage.people.signedIn(globex.tenant, 'owner')];
  });
  afterAll(() => stage.close());

  const post = async (
    what: string,
    body?: object,
    who = owner,
  ): Promise<{ status: number; body: Record<string, unknown> & Partial<Problem> }> => {
    const answer = await stage.ask('POST', `/api/billing/${what}`, who.bearer, body);
    return { status: answer.statusCode, body: answer.json() };
  };
  const subscription = async (who = owner): Promise<Record<string, unknown>> =>
    (await stage.ask('GET', '/api/billing/subscription', who.bearer)).json();
  const refusal = async (what: string, body: object): Promise<[number, string | undefined]> => {
    const { status, body: problem } = await post(what, body);
    return [status, problem.code];
  };

  it('reads what it pays, without asking the provider', async () => {
    await stage.control('POST', 'faults', { always: { status: 500 } });
    expect(await subscription()).toEqual({
      ...{ plan: 'starter', status: 'active', trialEnd: null, cancelAtPeriodEnd: false, scheduled: null, access: 'full' },
      ...{ periodEnd: acme.subscription.periodEnd.toISOString(), amount: 4_900, currency: 'eur' },
    });
    await stage.control('POST', 'faults', { always: null });
    const unpaid = await stage.tests.tenant('row');
    const nobody = await stage.people.signedIn(unpaid, 'owner');
    expect(await subscription(nobody)).toMatchObject({ plan: 'starter', status: 'none', periodEnd: null, amount: null });
  });

  it('sees what more would cost, and has it at once at that price', async () => {
    const { status, body } = await post('preview', { plan: 'professional' });
    expect([status, body['effective'], Number(body['amountDue']) > 0, await subscription()]).toMatchObject([
      200,
      'now',
      true,
      { plan: 'starter' },
    ]);
    const changed = await post('plan', { plan: 'professional', prorationAt: body['prorationAt'] });
    expect([changed.status, changed.body]).toMatchObject([200, { plan: 'professional', effective: 'now' }]);
    expect([await subscription(), await subscription(neighbour)]).toMatchObject([{ plan: 'professional' }, { plan: 'starter' }]);
    // The features are there at once.
    const fresh = await stage.people.signedIn(await stage.fresh(acme.tenant), 'owner');
    const role = { key: 'helper', name: 'Helper', permissions: [], parents: [] };
    expect((await stage.ask('POST', '/api/roles', { ...fresh.bearer, 'idempotency-key': 'one' }, role)).statusCode).toBe(201);
  });

  it('has less when the period ends, may take that back, and does not choose its own day of proration', async () => {
    await post('plan', { plan: 'professional' });
    const less = await post('plan', { plan: 'starter' });
    expect(less.body).toMatchObject({ plan: 'starter', effective: 'period-end', at: expect.any(String) as string });
    expect(await subscription()).toMatchObject({ plan: 'professional', scheduled: { plan: 'starter' } });
    await post('plan', { plan: 'professional' });
    expect(await subscription()).toMatchObject({ plan: 'professional', scheduled: null });
    expect(await refusal('plan', { plan: 'professional' })).toEqual([409, 'billing.same-plan']);
    await post('plan', { plan: 'starter' });
    const early = new Date(Date.now() - 20 * 86_400_000).toISOString();
    const other = await stage.billed();
    const who = await stage.people.signedIn(other.tenant, 'owner');
    const chosen = await post('plan', { plan: 'professional', prorationAt: early }, who);
    expect([chosen.status, chosen.body.code]).toEqual([409, 'billing.preview-outdated']);
  });

  it('agrees to pay on a page of the provider, the same one when it asks twice', async () => {
    const late = await stage.unsubscribed('row');
    const who = await stage.people.signedIn(late, 'owner');
    const [one, two] = [await post('checkout', { plan: 'professional' }, who), await post('checkout', { plan: 'professional' }, who)];
    expect([one.status, one.body['url'], typeof one.body['url']]).toEqual([200, two.body['url'], 'string']);
    const customerId = await stage.billing.accounts.of(late.id);
    const sessions = [...stage.stripe.ledger.checkouts.values()].filter(({ customer }) => customer === customerId);
    expect(sessions).toHaveLength(1);
    await stage.control('POST', `checkout/${sessions[0]?.id ?? ''}/complete`, {});
    await stage.billing.sync.fetch(customerId ?? '');
    expect(await subscription(who)).toMatchObject({ plan: 'professional', status: 'active' });
  });

  it('cannot buy what is sold by people, or what there is not, and cannot change what it does not have', async () => {
    expect(await refusal('checkout', { plan: 'enterprise' })).toEqual([403, 'billing.sales-only']);
    expect(await refusal('plan', { plan: 'platinum' })).toEqual([422, 'billing.plan-unknown']);
    expect(await refusal('checkout', { plan: 'starter', coupon: 'FREE' })).toEqual([422, 'validation.failed']);
    const nobody = await stage.people.signedIn(await stage.tests.tenant('row'), 'owner');
    expect((await post('plan', { plan: 'professional' }, nobody)).body.code).toBe('billing.no-subscription');
  });

  it('is for those who may: members are refused, and nobody reaches another company’s', async () => {
    const member = await stage.people.signedIn(acme.tenant, 'member');
    for (const what of ['checkout', 'plan', 'preview']) expect((await post(what, { plan: 'professional' }, member)).status).toBe(403);
    expect((await post('portal', undefined, member)).status).toBe(403);
    expect((await stage.ask('GET', '/api/billing/subscription', member.bearer)).statusCode).toBe(403);
    const foreign = { ...neighbour.bearer, host: owner.bearer['host'] ?? '' };
    expect((await stage.ask('GET', '/api/billing/subscription', foreign)).statusCode).toBe(401);
  });

  it('is on its own record', async () => {
    await post('portal');
    await post('plan', { plan: 'professional' });
    const events = async (who: TestMember): Promise<string[]> => {
      const answer = await stage.ask('GET', '/api/audit/events', who.bearer);
      return answer
        .json<{ data: { action: string }[] }>()
        .data.map(({ action }) => action)
        .filter((action) => action.startsWith('billing.'));
    };
    expect([await events(owner), await events(neighbour)]).toEqual([['billing.plan-changed', 'billing.portal-opened'], []]);
  });

  it('is told to come back when the provider is away, and goes on working', async () => {
    await stage.control('POST', 'faults', { always: { drop: true } });
    const { status, body } = await post('checkout', { plan: 'professional' });
    expect([status, body.code]).toEqual([503, 'billing.unavailable']);
    expect((await stage.ask('GET', '/api/tickets', owner.bearer)).statusCode).toBe(200);
    expect((await stage.send(stage.notice({ id: 'evt_away', customer: acme.customerId }))).statusCode).toBe(200);
    await stage.control('POST', 'faults', { always: null });
  });

  it('pays again when somebody has deleted its customer at the provider', async () => {
    await stage.platform.billing.deleteCustomer(acme.customerId);
    const [page, portal] = [await post('checkout', { plan: 'starter' }), await post('portal')];
    expect([page.status, portal.status]).toEqual([200, 200]);
    const [customer, theirs] = [await stage.billing.accounts.of(acme.tenant.id), await stage.billing.accounts.of(globex.tenant.id)];
    expect([customer === acme.customerId, theirs]).toEqual([false, globex.customerId]);
    expect(await stage.platform.billing.customerOf(customer ?? '')).toMatchObject({ tenantId: acme.tenant.id, deleted: false });
  });

  it('holds no transaction of its own while the provider thinks, with a key or without', async () => {
    const { billing } = stage.platform;
    const held: boolean[] = [];
    const watched = (['previewChange', 'upgrade', 'checkout', 'portal'] as const).map((call) => {
      const asked = billing[call].bind(billing) as (wanted: never) => Promise<never>;
      return jest.spyOn(billing, call).mockImplementation((wanted) => {
        held.push(TenantTransaction.current() !== undefined);
        return asked(wanted as never);
      });
    });
    const keyed = { ...owner.bearer, 'idempotency-key': 'one' };
    for (const what of ['checkout', 'preview', 'plan', 'plan', 'portal'])
      await stage.ask('POST', `/api/billing/${what}`, keyed, what === 'portal' ? undefined : { plan: 'professional' });
    expect(held).toEqual([false, false, false, false, false]);
    for (const each of watched) each.mockRestore();
    expect([await subscription(), await subscription(neighbour)]).toMatchObject([{ plan: 'professional' }, { plan: 'starter' }]);
  });

  it('is given more, or less, beside its plan by operators for a reason, for a time, at once', async () => {
    const path = `/api/platform/tenants/${acme.tenant.slug}/entitlements`;
    const put = (key: string, body: object) => stage.ask('PUT', `${path}/${key}`, stage.operator(), body);
    const given = await put('feature.custom-roles', { value: true, reason: 'agreed by sales' });
    expect([given.statusCode, given.json<{ features: string[] }>().features]).toEqual([200, ['custom-roles']]);
    expect((await put('limit.customRoles', { value: 1, reason: 'agreed by sales' })).statusCode).toBe(200);
    const role = (key: string, who: TestMember) =>
      stage.ask('POST', '/api/roles', { ...who.bearer, 'idempotency-key': key }, { key, name: key, permissions: [], parents: [] });
    expect([
      (await role('one', owner)).statusCode,
      (await role('two', owner)).statusCode,
      (await role('one', neighbour)).statusCode,
    ]).toEqual([201, 403, 403]);
    for (const [key, value, status] of [
      ['limit.unicorns', 1, 422],
      ['feature.custom-roles', 7, 422],
      ['limit.members', -1, 422],
      ['nonsense', 1, 404],
    ] as const)
      expect((await put(key, { value, reason: 'agreed by sales' })).statusCode).toBe(status);
    expect((await put('limit.members', { value: 1 })).statusCode).toBe(422);
    const end = () => stage.ask('DELETE', `${path}/limit.customRoles`, stage.operator(), { reason: 'it is over' });
    expect([(await end()).statusCode, (await end()).statusCode]).toEqual([204, 404]);
    const acts = await stage.rows<{ action: string }>(
      `select action from platform_audit_event where targets @> ?::jsonb and action like 'entitlement.%' order by seq`,
      [JSON.stringify([{ type: 'tenant', id: acme.tenant.id }])],
    );
    expect(acts.map(({ action }) => action)).toEqual(['entitlement.set', 'entitlement.set', 'entitlement.remove']);
    expect((await stage.ask('GET', path, owner.bearer)).statusCode).toBe(404);
  });
});
