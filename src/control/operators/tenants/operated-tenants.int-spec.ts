import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { shortOf } from '#testing/member-stage.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';
import { PLAN_OF_TIER, TIERS } from '#testing/test-platform.js';

const REASON = { reason: 'three invoices are open' };

describe.each(TIERS)('tenants, for those who run the platform (%s tier)', (tier) => {
  let stage: OperatorStage;
  let ops: TestOperator;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await OperatorStage.open();
    ops = await stage.signedIn('operator');
    ({ acme, globex } = await stage.tests.pair(tier));
  });
  afterAll(() => stage.close());

  const list = async (query: string) =>
    (await stage.ask('GET', `/api/platform/tenants?${query}`, ops.bearer)).json<{ data: { id: string }[]; nextCursor: string | null }>();
  const act = (verb: string, { id }: Tenant, body: object = REASON) =>
    stage.ask('POST', `/api/platform/tenants/${id}/${verb}`, ops.bearer, body);
  const show = (idOrSlug: string) => stage.ask('GET', `/api/platform/tenants/${idOrSlug}`, ops.bearer);

  it('are found by status, plan, region and a part of their name, which is taken as it is written', async () => {
    const idsOf = async (query: string) => (await list(query)).data.map(({ id }) => id);
    expect(await idsOf(`q=${acme.slug}`)).toEqual([acme.id]);
    expect(await idsOf(`q=${acme.slug.slice(3).toUpperCase()}&plan=${PLAN_OF_TIER[tier]}&region=eu-west&status=active`)).toEqual([acme.id]);
    for (const query of ['status=suspended', 'plan=none', 'region=us-east']) expect(await idsOf(`q=${acme.slug}&${query}`)).toEqual([]);
    expect(await idsOf(`q=${acme.slug.replace('-', '_')}`)).toEqual([]);
    expect(await idsOf('q=%25%25')).toEqual([]);
    expect((await stage.ask('GET', '/api/platform/tenants?status=gone', ops.bearer)).statusCode).toBe(422);
    expect((await stage.ask('GET', '/api/platform/tenants?unknown=1', ops.bearer)).statusCode).toBe(422);
  });

  it('come newest first in pages whose cursor belongs to one filter', async () => {
    const first = await list(`limit=1&plan=${acme.plan}`);
    expect([first.data.length, first.nextCursor]).toEqual([1, expect.any(String)]);
    const second = await list(`limit=1&plan=${acme.plan}&cursor=${first.nextCursor}`);
    expect(second.data[0]?.id).not.toBe(first.data[0]?.id);
    const other = await stage.ask('GET', `/api/platform/tenants?limit=1&cursor=${first.nextCursor}`, ops.bearer);
    expect(shortOf(other)).toEqual([400, 'cursor.invalid']);
  });

  it('are shown by id and by slug, without the names of secrets', async () => {
    await stage.tests.apiKey(acme);
    const byId = await show(acme.id);
    expect(byId.json()).toMatchObject({
      ...{
        id: acme.id,
        slug: acme.slug,
        plan: acme.plan,
        status: 'active',
        access: 'full',
        overrides: [],
        adminEmail: 'admin@example.test',
        apiKeys: expect.any(Number),
      },
      placement: { kind: tier, cluster: acme.placement.cluster, epoch: expect.any(Number) },
      ...{ schemaVersion: null, usage: null },
    });
    expect((await show(acme.slug)).json()).toEqual(byId.json());
    expect(byId.json<{ placement: object }>().placement).not.toHaveProperty('secret');
    expect(shortOf(await show('nobody-of-this-name'))).toEqual([404, 'tenant.unknown']);
    expect(shortOf(await show('01970000-0000-7000-8000-00000000000e'))).toEqual([404, 'tenant.unknown']);
    expect(byId.json<{ apiKeys: number }>().apiKeys).toBeGreaterThan(0);
    expect((await show('a'.repeat(36))).statusCode).toBe(404);
  });

  it('are suspended and reinstated with a reason, which is on record with who it was, and the neighbour works on', async () => {
    const key = { acme: await stage.tests.apiKey(acme), globex: await stage.tests.apiKey(globex) };
    const asTenant = (tenant: Tenant, apiKey: string) =>
      stage.ask('GET', '/api/tickets', { host: `${tenant.slug}.localhost`, 'x-api-key': apiKey });
    expect((await asTenant(acme, key.acme)).statusCode).toBe(200);
    expect((await act('suspend', acme)).json()).toMatchObject({ id: acme.id, status: 'suspended' });
    expect(shortOf(await asTenant(acme, key.acme))).toEqual([402, 'tenant.suspended']);
    expect((await asTenant(globex, key.globex)).statusCode).toBe(200);
    const chain = new PlatformAuditChain(stage.tests.platform.catalog);
    const [event] = await chain.list({ action: 'tenant.suspend', tenantId: acme.id, limit: 1 });
    expect([event?.reason, JSON.parse(event?.actor ?? ''), JSON.parse(event?.changes ?? '')]).toEqual([
      REASON.reason,
      { type: 'operator', id: ops.id, user: ops.email, session: expect.any(String) },
      [{ path: 'status', old: 'active', new: 'suspended' }],
    ]);
    expect((await act('suspend', acme)).statusCode).toBe(200);
    expect((await act('reinstate', acme)).json()).toMatchObject({ status: 'active' });
    expect((await asTenant(acme, key.acme)).statusCode).toBe(200);
    expect(await chain.list({ action: 'tenant.suspend', tenantId: globex.id, limit: 5 })).toEqual([]);
  });

  it('are left alone without a reason, by who may not, and from a status that does not allow it', async () => {
    for (const body of [{}, { reason: 'x' }, { ...REASON, force: true }]) expect((await act('suspend', acme, body)).statusCode).toBe(422);
    for (const role of ['support', 'billing', 'security'] as const) {
      const { bearer } = await stage.signedIn(role);
      expect(shortOf(await stage.ask('POST', `/api/platform/tenants/${acme.id}/suspend`, bearer, REASON))).toEqual([
        403,
        'operators.denied',
      ]);
    }
    expect(shortOf(await stage.ask('POST', `/api/platform/tenants/${acme.id}/suspend`, {}, REASON))).toEqual([
      401,
      'access.unauthenticated',
    ]);
    expect((await show(acme.id)).json()).toMatchObject({ status: 'active' });
    expect((await act('cancel', globex)).json()).toMatchObject({ status: 'cancelled' });
    expect(shortOf(await act('suspend', globex))).toEqual([409, 'catalog.status-refused']);
    expect(
      shortOf(await stage.ask('POST', '/api/platform/tenants/01970000-0000-7000-8000-00000000000e/cancel', ops.bearer, REASON)),
    ).toEqual([404, 'tenant.unknown']);
  });

  it('tell once a minute that an operator was refused what is not theirs', async () => {
    const { id, bearer } = await stage.signedIn('support');
    for (let tried = 0; tried < 3; tried += 1) await stage.ask('POST', `/api/platform/tenants/${acme.id}/suspend`, bearer, REASON);
    const denied = await new PlatformAuditChain(stage.tests.platform.catalog).list({ action: 'operator.denied', limit: 50 });
    const own = denied.filter(({ actor }) => actor.includes(id));
    expect(own.map(({ outcome, details }) => [outcome, JSON.parse(details)])).toEqual([
      ['denied', { permission: 'platform.tenants:change' }],
    ]);
  });
});
