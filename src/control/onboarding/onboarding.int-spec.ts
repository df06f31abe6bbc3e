import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import { pino } from 'pino';
import { SlugTakenError } from '#catalog/catalog.errors.js';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { WorkBook } from '#catalog/work/work-book.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import { BillingRefusedError, BillingUnavailableError } from '#control/billing/billing-provider.js';
import { OnboardingStateRefusedError } from '#control/onboarding/onboarding.errors.js';
import type { OnboardingRequest } from '#control/onboarding/onboarding-desk.js';
import { onboardTenant } from '#control/onboarding/onboarding-kind.js';
import type { OnboardingParts } from '#control/onboarding/onboarding-parts.js';
import { ONBOARDING_STEPS } from '#control/onboarding/onboarding-plan.js';
import { Onboardings } from '#control/onboarding/onboardings.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { IdempotencyKeyReusedError } from '#kernel/idempotency/idempotency.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { PLAN_OF_TIER, TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

describe('the making of a tenant', () => {
  let test: TestPlatform;
  let works: WorkBook;
  let onboardings: Onboardings;

  beforeAll(async () => {
    test = await TestPlatform.open();
    works = new WorkBook(test.platform.catalog, () => undefined);
    onboardings = new Onboardings(works, test.platform.platformAudit, test.platform.members.address);
  });
  afterAll(() => test.close());
  afterEach(() => jest.restoreAllMocks());

  const fresh = (): string => `test-${randomBytes(6).toString('hex')}`;
  const request = (tier: Tier = 'row', more: Partial<OnboardingRequest> = {}): OnboardingRequest => {
    const slug = fresh();
    return { slug, companyName: slug, adminEmail: `admin@${slug}.test`, plan: PLAN_OF_TIER[tier], region: 'eu-west', ...more };
  };
  const parts = (): OnboardingParts => {
    const { tenants, isolation, found, ownServers: servers } = test.provisioning;
    const { billing, plans, catalog } = test.platform;
    return { tenants, works, isolation, billing, accounts: new BillingAccounts(catalog), plans, found, servers };
  };
  const driverOf = (own: OnboardingParts, attempts = 3): WorkDriver => {
    const kind = { ...onboardTenant(own), attempts, againAfterMs: () => 0 };
    const log = pino({ level: 'silent' });
    const handBack = new AbortController().signal;
    return new WorkDriver(works, new WorkRunner({ book: works, kinds: [kind], log, leaseMs: 20_000, handBack, later: () => undefined }));
  };
  const drive = (id: string, own: OnboardingParts = parts()): Promise<WorkReport> => driverOf(own).drive(id);
  const use = (tenant: Tenant): Promise<unknown> => new TenantSql(test.platform).run(tenant, 'select count(*) from tickets');
  /** Its slug, its place and its customer: what nobody must find of a tenant that was taken back. */
  const customersOf = async (tenantId: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const { id, tenantId: whose } of test.platform.billing.allCustomers()) if (whose === tenantId) found.push(id);
    return found;
  };
  /** Parts of which one fails, always or so many times. */
  const broken = <Port extends 'billing' | 'isolation'>(
    port: Port,
    method: keyof OnboardingParts[Port] & string,
    error: Error,
    { after = false, times = Infinity }: { after?: boolean; times?: number } = {},
  ): OnboardingParts => {
    const own = parts();
    let left = times;
    const real = own[port] as object;
    const failing = new Proxy(real, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
        if (name !== method) return call;
        return async (...given: unknown[]) => {
          if (left-- <= 0) return call(...given);
          if (after) await call(...given);
          throw error;
        };
      },
    });
    return { ...own, [port]: failing };
  };

  describe.each(TIERS)('of the %s tier', (tier) => {
    it('does each step once, and ends with a tenant that works, pays and has an owner, beside another that is untouched', async () => {
      const globex = await test.tenant(tier);
      const { id } = await test.desk.ask(request(tier));
      const tenant = await test.onboarded(id);
      const report = await works.report(id);
      expect(report.steps.map(({ name, state }) => [name, state])).toEqual(ONBOARDING_STEPS.map((name) => [name, 'done']));
      expect((await works.events(id, 0)).at(-1)).toMatchObject({ step: null, state: 'done' });
      await expect(use(tenant)).resolves.toBeDefined();
      await expect(use(globex)).resolves.toBeDefined();
      const customer = (await new BillingAccounts(test.platform.catalog).of(tenant.id))!;
      expect(await customersOf(tenant.id)).toEqual([customer]);
      const [subscription] = await test.platform.billing.subscriptionsOf(customer);
      expect(subscription).toMatchObject({ priceKey: `${PLAN_OF_TIER[tier]}-monthly`, tenantIdInMetadata: tenant.id });
      const owners = await new TenantSql(test.platform).run(tenant, `select email from member where 'owner' = any(roles)`);
      expect(JSON.stringify(owners)).toContain(`admin@${tenant.slug}.test`);
    });

    it('leaves nothing of it anywhere when a step cannot be done', async () => {
      const asked = request(tier);
      const { id } = await test.desk.ask(asked);
      const tenant = await test.provisioning.tenants.get(asked.slug!);
      const report = await drive(id, broken('billing', 'startSubscription', new BillingUnavailableError('timeout')));
      expect(report.state).toBe('compensated');
      expect(await test.provisioning.isolation.remains(tenant)).toEqual([]);
      expect(await customersOf(tenant.id)).toEqual([]);
      await expect(test.provisioning.tenants.get(tenant.id)).rejects.toMatchObject({ code: 'tenant.unknown' });
      expect((await onboardings.forEverybody(id)).slug).toBe(asked.slug);
      // The name is free again.
      expect((await test.make(asked)).slug).toBe(asked.slug);
    });
  });

  it.each([
    ['ensureCustomer', false],
    ['ensureCustomer', true],
    ['startSubscription', false],
    ['startSubscription', true],
  ] as const)('is not disturbed by billing that failed once (%s, after it was done: %s)', async (method, after) => {
    const { id } = await test.desk.ask(request());
    const own = broken('billing', method, new BillingUnavailableError('timeout'), { after, times: 1 });
    const { state, tenantId } = await drive(id, own);
    expect(state).toBe('done');
    expect(await customersOf(tenantId!)).toHaveLength(1);
    await test.onboarded(id);
  });

  it('finds and deletes a customer whose name was lost with the answer', async () => {
    const { id } = await test.desk.ask(request());
    const own = broken('billing', 'ensureCustomer', new BillingUnavailableError('timeout'), { after: true, times: 3 });
    const { state, tenantId } = await drive(id, own);
    expect([state, await customersOf(tenantId!)]).toEqual(['compensated', []]);
  });

  it('is taken back at once when billing refuses', async () => {
    const { id } = await test.desk.ask(request());
    const report = await drive(id, broken('billing', 'startSubscription', new BillingRefusedError('resource_missing')));
    expect([report.state, report.attempt]).toEqual(['compensated', 2]);
  });

  it('holds the name until it is seen that nothing is left, and needs somebody when something is', async () => {
    const asked = request('schema');
    const { id } = await test.desk.ask(asked);
    const own = broken('billing', 'startSubscription', new BillingRefusedError('resource_missing'));
    const { tenantId } = await drive(id, { ...own, isolation: stubborn(own.isolation) });
    expect(await onboardings.forOperators(id)).toMatchObject({ state: 'needs_human', direction: 'backward' });
    await expect(test.desk.ask({ ...asked })).rejects.toThrow(SlugTakenError);
    expect((await test.provisioning.tenants.get(tenantId!)).status).toBe('provisioning');
    await onboardings.retry(id);
    expect((await drive(id)).state).toBe('compensated');
    await expect(test.provisioning.tenants.get(tenantId!)).rejects.toMatchObject({ code: 'tenant.unknown' });
  });

  it('is never taken back once it is active: what is missing needs somebody, and is made by a retry', async () => {
    const { id } = await test.desk.ask(request());
    const own = { ...parts(), found: () => Promise.reject(new Error('gone')) };
    const report = await drive(id, own);
    expect(report).toMatchObject({ state: 'needs_human', direction: 'forward' });
    expect((await test.provisioning.tenants.get(report.tenantId!)).status).toBe('active');
    await expect(onboardings.cancel(id)).rejects.toThrow(OnboardingStateRefusedError);
    await onboardings.retry(id);
    expect((await test.onboarded(id)).status).toBe('active');
  });

  it('is taken back when its fence cannot be opened, though the catalog has it open already', async () => {
    const { id } = await test.desk.ask(request());
    const own = parts();
    const isolation = {
      prepare: own.isolation.prepare.bind(own.isolation),
      verify: own.isolation.verify.bind(own.isolation),
      undo: own.isolation.undo.bind(own.isolation),
      remains: own.isolation.remains.bind(own.isolation),
      fence: (tenant: Tenant) => (tenant.status === 'active' ? Promise.reject(new Error('gone')) : own.isolation.fence(tenant)),
    };
    const report = await driverOf({ ...own, isolation }, 1).drive(id);
    expect(report.state).toBe('compensated');
    await expect(test.provisioning.tenants.get(report.tenantId!)).rejects.toMatchObject({ code: 'tenant.unknown' });
  }, 30_000);

  it('can be cancelled before it has begun, and is not suspended', async () => {
    const asked = request('database');
    const { id } = await test.desk.ask(asked);
    const tenant = await test.provisioning.tenants.get(asked.slug!);
    await expect(test.provisioning.provisioner.setStatus(tenant.id, 'suspended')).rejects.toMatchObject({ code: 'catalog.status-refused' });
    await onboardings.cancel(id);
    expect((await drive(id)).state).toBe('compensated');
    await expect(test.provisioning.tenants.get(tenant.id)).rejects.toMatchObject({ code: 'tenant.unknown' });
    await expect(onboardings.cancel(id)).rejects.toThrow(OnboardingStateRefusedError);
  });

  it('has one effect when two processes are at it', async () => {
    const { id } = await test.desk.ask(request('schema'));
    const [one, two] = await Promise.all([drive(id), drive(id)]);
    expect([one.state, two.state, one.attempt]).toEqual(['done', 'done', 1]);
    const tenant = await test.onboarded(id);
    expect(await customersOf(tenant.id)).toHaveLength(1);
  });

  it('gives a name to one of those who ask for it at once, and a like one to those who leave it to us', async () => {
    const asked = request();
    const both = await Promise.allSettled([test.desk.ask(asked), test.desk.ask(asked)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'catalog.slug-taken' } });
    const like = await test.desk.ask({ ...asked, slug: undefined });
    expect(like.input.slug).toMatch(new RegExp(`^${asked.slug}-[0-9a-f]{4}$`));
  });

  it('answers a repetition of a request with the first answer, and another under its name with a refusal', async () => {
    const asked = request();
    const once = { name: `spec:${fresh()}`, fingerprint: 'one' };
    const all = await Promise.all([test.desk.ask(asked, once), test.desk.ask(asked, once), test.desk.ask(asked, once)]);
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(all.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
    await expect(test.desk.ask(request(), { ...once, fingerprint: 'two' })).rejects.toThrow(IdempotencyKeyReusedError);
  });

  it('says nothing to the public of what failed but its code', async () => {
    const { id } = await test.desk.ask(request());
    await drive(id, broken('billing', 'startSubscription', new BillingUnavailableError('sk_live_secret')));
    const shown = await onboardings.forEverybody(id);
    expect(JSON.stringify(shown)).not.toContain('sk_live');
    expect(JSON.stringify(await onboardings.forOperators(id))).toContain('billing provider');
  });

  function stubborn(isolation: OnboardingParts['isolation']): OnboardingParts['isolation'] {
    return {
      prepare: isolation.prepare.bind(isolation),
      verify: isolation.verify.bind(isolation),
      fence: isolation.fence.bind(isolation),
      undo: () => Promise.resolve(),
      remains: isolation.remains.bind(isolation),
    };
  }
});
