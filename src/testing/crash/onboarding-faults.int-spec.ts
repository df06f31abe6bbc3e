import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { SecretsUnavailableError, type SecretSource } from '#kernel/isolation/secret-source.js';
import { openProvisioning } from '#main/provisioning.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { PLAN_OF_TIER, TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';
import { StripeStandIn } from '#tools/stand-ins/stripe/stripe-stand-in.js';

const STRIPE_FAULTS = {
  'answers 500': { status: 500 },
  'answers 500 after it did it': { status: 500, afterEffect: true },
  'hangs up': { drop: true },
  'hangs up after it did it': { drop: 'after' },
  'has too much to do': { status: 429, retryAfter: 0 },
} as const;
/** More than one onboarding asks. */
const CALLS = 8;

describe('what an onboarding asks for elsewhere', () => {
  let test: TestPlatform;
  let stripe: StripeStandIn;
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-faults-'));

  beforeAll(async () => {
    // One of its own: what is disturbed here must not be what others ask.
    stripe = await StripeStandIn.start({ port: 0, apiKey: 'sk_test_onboarding_faults', data: folder });
    test = await TestPlatform.open({ STRIPE_API_URL: stripe.url, STRIPE_API_KEY: 'sk_test_onboarding_faults' });
  });
  afterAll(async () => {
    await test.close();
    await stripe.stop();
    rmSync(folder, { recursive: true });
  });

  const ask = async (tier: Tier): Promise<string> => {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const wanted = { slug, companyName: slug, adminEmail: `admin@${slug}.test`, plan: PLAN_OF_TIER[tier], region: 'eu-west' };
    return (await test.desk.ask(wanted)).id;
  };
  const plan = (next: readonly object[]): Promise<Response> =>
    fetch(`${stripe.url}/_control/faults`, { method: 'POST', body: JSON.stringify({ next }) });
  const customers = (tenantId: string): number =>
    [...stripe.ledger.customers.values()].filter(({ metadata }) => metadata['tenant_id'] === tenantId).length;

  async function drive(id: string, secrets: SecretSource = test.platform.secrets): ReturnType<WorkDriver['drive']> {
    const platform = { ...test.platform, secrets };
    const { kinds } = openPlatformWork(platform, await openProvisioning(platform));
    const runner = new WorkRunner({
      ...{ book: platform.works, log: pino({ level: 'silent' }), leaseMs: 20_000, handBack: new AbortController().signal },
      kinds: kinds.map((kind) => ({ ...kind, againAfterMs: () => 0 })),
      later: () => undefined,
    });
    return new WorkDriver(platform.works, runner).drive(id, AbortSignal.timeout(60_000));
  }

  it.each(Object.entries(STRIPE_FAULTS))(
    'may be billing that %s, whichever call it is, and is done once',
    async (_what, fault) => {
      for (let call = 0; call < CALLS; call += 1) {
        const id = await ask('row');
        expect((await plan([...Array.from({ length: call }, () => ({})), fault])).status).toBe(204);
        const { state, tenantId } = await drive(id);
        await plan([]);
        expect([call, state, customers(tenantId!)]).toEqual([call, 'done', 1]);
        await test.onboarded(id);
      }
    },
    120_000,
  );

  it.each([
    ['get', false],
    ['set', false],
    ['set', true],
  ] as const)('may be the key vault that fails (%s, after it was done: %s)', async (method, after) => {
    const id = await ask('database');
    let left = 1;
    const secrets = new Proxy(test.platform.secrets, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...given: unknown[]) => Promise<unknown>;
        return async (...given: unknown[]) => {
          if (name !== method || left-- <= 0) return call(...given);
          if (after) await call(...given);
          throw new SecretsUnavailableError('a secret', new Error('gone'));
        };
      },
    });
    expect((await drive(id, secrets)).state).toBe('done');
    await test.onboarded(id);
  });

  it.each(TIERS)('is taken back whole where billing refuses for good (%s tier)', async (tier) => {
    const id = await ask(tier);
    const { tenantId } = await test.platform.works.report(id);
    const tenant = await test.provisioning.tenants.get(tenantId!);
    // No price of that name: a refusal.
    const prices = [...stripe.ledger.prices.entries()];
    stripe.ledger.prices.clear();
    const { state } = await drive(id);
    for (const [key, price] of prices) stripe.ledger.prices.set(key, price);
    expect([state, customers(tenant.id)]).toEqual(['compensated', 0]);
    expect(await test.provisioning.isolation.remains(tenant)).toEqual([]);
  });
});
