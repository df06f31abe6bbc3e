import { TenantStatusRefusedError } from '#catalog/catalog.errors.js';
import { ErasureBegunError } from '#catalog/lifecycle/lifecycle.errors.js';
import type { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openLifecycle } from '#main/open-lifecycle.js';
import { report } from '#testing/faults/report.js';
import { LifecycleStage } from '#testing/lifecycle/lifecycle-stage.js';
import { TestMembers } from '#testing/members.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

const operator = { cause: 'operator', reason: 'asked for by the customer' } as const;
const billing = { cause: 'billing', reason: 'nothing was paid' } as const;
const why = { reason: 'a spec' };

describe.each(TIERS)('the life of a tenant on the %s tier', (tier) => {
  let stage: LifecycleStage;
  let lifecycle: TenantLifecycle;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await LifecycleStage.open();
    ({ lifecycle } = stage);
  });
  beforeEach(async () => {
    stage.setDay(0);
    stage.mails.length = 0;
    ({ acme, globex } = await stage.pair(tier));
  });
  afterAll(() => stage.close());

  const seen = async (tenant: Tenant): Promise<[string | undefined, boolean]> => {
    const { isOpen, agrees } = await stage.fence(tenant);
    expect(agrees).toBe(true);
    return [(await stage.tests.platform.directory.byId(tenant.id))?.status, isOpen];
  };

  it('is suspended as long as there is a cause, each is lifted by itself, and both are on record with why', async () => {
    await lifecycle.suspend(acme.id, billing);
    await lifecycle.suspend(acme.id, operator);
    const again = await lifecycle.suspend(acme.id, { ...operator, reason: 'once more' });
    expect(again.suspensions.map(({ cause, reason }) => [cause, reason])).toEqual([
      ['billing', billing.reason],
      ['operator', operator.reason],
    ]);
    const half = await lifecycle.reinstate(acme.id, operator);
    expect([half.tenant.status, half.suspensions.map(({ cause }) => cause), await seen(acme)]).toEqual([
      'suspended',
      ['billing'],
      ['suspended', false],
    ]);
    expect((await lifecycle.reinstate(acme.id, operator)).tenant.status).toBe('suspended');
    expect((await lifecycle.reinstate(acme.id, billing)).tenant.status).toBe('active');
    expect([await seen(acme), await seen(globex)]).toEqual([
      ['active', true],
      ['active', true],
    ]);
    const record = (await stage.record(acme)).filter(({ action }) => /suspend|reinstate/.test(action));
    expect(record).toMatchObject([
      { action: 'tenant.suspend', details: billing },
      { action: 'tenant.suspend', details: operator },
      { action: 'tenant.reinstate', details: operator },
      { action: 'tenant.reinstate', details: billing },
    ]);
  });

  it('takes no way that there is not', async () => {
    await expect(lifecycle.reactivate(acme.id, why)).resolves.toMatchObject({ tenant: { status: 'active' } });
    await lifecycle.cancel(acme.id, why);
    await expect(lifecycle.suspend(acme.id, operator)).rejects.toThrow(TenantStatusRefusedError);
    expect(await seen(acme)).toEqual(['cancelled', false]);
  });

  it('that is cancelled stays so for one cause less, and comes back without it', async () => {
    for (const cause of [billing, operator]) await lifecycle.suspend(acme.id, cause);
    await lifecycle.cancel(acme.id, why);
    const lifted = await lifecycle.reinstate(acme.id, billing);
    expect([lifted.tenant.status, lifted.suspensions.map(({ cause }) => cause)]).toEqual(['cancelled', ['operator']]);
    await lifecycle.reinstate(acme.id, operator);
    expect((await lifecycle.reactivate(acme.id, why)).tenant.status).toBe('active');
  });

  it.each(['suspend', 'reinstate', 'cancel'] as const)(
    'ends as the catalog says when whoever asks to %s is killed before the fence',
    async (verb) => {
      if (verb === 'reinstate') await lifecycle.suspend(acme.id, operator);
      expect(await stage.killed({ verb, tenantId: acme.id })).toBe('SIGKILL');
      const status = { suspend: 'suspended', reinstate: 'active', cancel: 'cancelled' }[verb];
      expect(await stage.fence(acme)).toEqual({ isOpen: verb !== 'reinstate', agrees: false });
      expect((await stage.drive(acme, 'lifecycle.seal')).map(({ state }) => state)).not.toContain('failed');
      expect([await seen(acme), await seen(globex)]).toEqual([
        [status, status === 'active'],
        ['active', true],
      ]);
    },
  );

  it('ends the sessions of before also when the suspension never reached the fence', async () => {
    const people = new TestMembers(stage.tests);
    const [ada, eve] = [await people.signedIn(acme, 'owner'), await people.signedIn(globex, 'owner')];
    const sql = new TenantSql(stage.tests.platform);
    const living = async (tenant: Tenant): Promise<unknown[]> =>
      (await sql.run(tenant, 'select id from member_session where revoked_at is null')).map(({ id }) => id);
    expect(await stage.killed({ verb: 'suspend', tenantId: acme.id })).toBe('SIGKILL');
    await lifecycle.reinstate(acme.id, operator);
    expect([await living(acme), await living(globex)]).toEqual([[], [eve.sessionId]]);
    expect(await sql.run(acme, 'select revoke_reason from member_session where id = $1', [ada.sessionId])).toEqual([
      { revoke_reason: 'suspended' },
    ]);
  });

  it('ends by what the catalog says, whoever suspends and reinstates at once', async () => {
    const elsewhere = await TestPlatform.open();
    const two = openLifecycle(elsewhere.platform, stage).lifecycle;
    const begun = performance.now();
    const turns = tier === 'row' ? 50 : 20;
    for (let turn = 0; turn < turns; turn += 1) {
      const [one, other] = turn % 2 ? [lifecycle, two] : [two, lifecycle];
      await Promise.all([one.suspend(acme.id, operator), other.reinstate(acme.id, operator)]);
      const { isOpen, agrees } = await stage.fence(acme);
      const { status } = await stage.tests.provisioning.tenants.get(acme.id);
      expect({ turn, agrees, isOpen }).toEqual({ turn, agrees: true, isOpen: status === 'active' });
    }
    report(`suspended and reinstated at once (${tier}): ${turns} turns, ${((performance.now() - begun) / turns).toFixed(0)} ms each`);
    await lifecycle.reinstate(acme.id, operator);
    expect([await seen(acme), await seen(globex)]).toEqual([
      ['active', true],
      ['active', true],
    ]);
    await elsewhere.close();
  });

  it('is due on day 90 and not on day 89, counted from the first cancellation, whatever Redis remembers', async () => {
    await lifecycle.cancel(acme.id, why);
    stage.setDay(10);
    const again = await lifecycle.cancel(acme.id, why);
    expect(again.retention).toMatchObject({
      state: 'kept',
      cancelledAt: new Date('2001-01-01T12:00:00Z'),
      dueAt: new Date('2001-04-01T12:00:00Z'),
    });
    const wanted = async (day: number, hour?: number): Promise<number> => {
      stage.setDay(day, hour);
      await stage.due.find();
      expect(await stage.works(globex, 'lifecycle.erase')).toEqual([]);
      return (await stage.works(acme, 'lifecycle.erase')).length;
    };
    expect([await wanted(45), await wanted(89), await wanted(90, 11), await wanted(90), await wanted(91)]).toEqual([0, 0, 0, 1, 1]);
    const [erased] = await stage.drive(acme, 'lifecycle.erase');
    expect([erased?.state, await stage.tests.platform.directory.refresh(acme.id), await seen(globex)]).toEqual([
      'done',
      null,
      ['active', true],
    ]);
  });

  it('is told of its end when it is cancelled, 30 and 7 days before, once each, and of nothing that is not true', async () => {
    const find = async (day: number): Promise<string[]> => {
      stage.setDay(day);
      await stage.due.find();
      stage.mails.length = 0;
      await stage.drive(acme, 'lifecycle.tell-admin');
      return stage.mails.map(({ to, subject }) => `${to} ${subject.replace(/^\[.*?\] /, '').replaceAll(acme.name, 'acme')}`);
    };
    await lifecycle.cancel(acme.id, why);
    const admin = 'admin@example.test';
    const near = `${admin} The data of acme will be erased on 2001-04-01`;
    expect([await find(1), await find(59), await find(60), await find(61), await find(82), await find(83), await find(84)]).toEqual([
      [`${admin} acme was cancelled`],
      [],
      [near],
      [],
      [],
      [near],
      [],
    ]);
    await lifecycle.reactivate(acme.id, why);
    stage.setDay(100);
    await lifecycle.cancel(acme.id, why);
    await lifecycle.reactivate(acme.id, why);
    expect(await find(160)).toEqual([]);
  });

  it('comes back as it was before it is erased, and not after its erasure has begun', async () => {
    await lifecycle.suspend(acme.id, billing);
    await lifecycle.cancel(acme.id, why);
    const back = await lifecycle.reactivate(acme.id, why);
    expect([back.tenant.status, back.retention, await seen(acme)]).toEqual(['suspended', null, ['suspended', false]]);
    expect((await lifecycle.reinstate(acme.id, billing)).tenant.status).toBe('active');
    await lifecycle.cancel(acme.id, why);
    stage.setDay(90);
    expect((await lifecycle.reactivate(acme.id, why)).tenant.status).toBe('active');
    await stage.due.find();
    expect(await stage.works(acme, 'lifecycle.erase')).toEqual([]);
    await lifecycle.cancel(acme.id, why);
    await stage.tests.platform.catalog.em.fork().execute(`update tenant_retention set state = 'erasing' where tenant_id = ?`, [acme.id]);
    for (const late of [lifecycle.reactivate(acme.id, why), lifecycle.hold(acme.id, why)])
      await expect(late).rejects.toThrow(ErasureBegunError);
    expect(await seen(acme)).toEqual(['cancelled', false]);
  });

  it('is not due while it is held, also when it was held before it was cancelled', async () => {
    await lifecycle.hold(acme.id, { reason: 'a lawsuit' });
    await lifecycle.cancel(acme.id, why);
    stage.setDay(200);
    await stage.due.find();
    expect((await stage.works(acme, 'lifecycle.erase')).length).toBe(0);
    const released = await lifecycle.release(acme.id, why);
    expect(released.legalHold).toBeNull();
    await stage.due.find();
    const [wanted] = await stage.works(acme, 'lifecycle.erase');
    // Held again before it begins: the order is over, and is given again when the hold is.
    await lifecycle.hold(acme.id, { reason: 'another' });
    const [refused] = await stage.drive(acme, 'lifecycle.erase');
    expect([refused?.id, refused?.state, (await lifecycle.standing(acme.id)).retention?.state]).toEqual([
      wanted?.id,
      'compensated',
      'kept',
    ]);
    await lifecycle.release(acme.id, why);
    await stage.due.find();
    expect((await stage.works(acme, 'lifecycle.erase')).length).toBe(2);
    const held = (await stage.record(acme)).filter(({ action }) => /hold|release/.test(action)).map(({ action }) => action);
    expect(held).toEqual(['tenant.hold', 'tenant.release', 'tenant.hold', 'tenant.release']);
  });
});
