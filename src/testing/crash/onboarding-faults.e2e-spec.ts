import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { withSession } from '#adapters/postgres/session.js';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { SlugTakenError } from '#catalog/catalog.errors.js';
import { ONBOARDING_NOTICE } from '#control/onboarding/onboarding-plan.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { FaultStage, type Patience } from '#testing/crash/fault-stage.js';
import { orphansOf } from '#testing/orphans.js';
import { PLAN_OF_TIER, TIERS, type Tier } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { askStandIn, forgetFaults, planFaults, readLog } from '#tools/stand-ins/common/stand-in-control.js';
import type { StripeFault } from '#tools/stand-ins/stripe/stripe-fault.js';
import type { VaultFault } from '#tools/stand-ins/key-vault/vault-fault.js';

const STRIPE_FAULTS: Record<string, StripeFault> = {
  'answers 500': { status: 500 },
  'answers 500 after it did it': { status: 500, afterEffect: true },
  'hangs up': { drop: true },
  'hangs up after it did it': { drop: 'after' },
  'has too much to do': { status: 429, retryAfter: 0 },
};
const VAULT_FAULTS: Record<string, VaultFault> = {
  'answers 503': { status: 503 },
  'hangs up': { drop: true },
  'hangs up after it did it': { drop: 'after' },
  'has too much to do': { status: 429, retryAfter: 0 },
};
/** As often as the vendor's client asks before it gives up: what is left is for the onboarding itself. */
const STRIPE_TRIES = 3;
const VAULT_TRIES = 2;
/** What PostgreSQL says on a connection before it breaks: within the greeting, and at every statement of an onboarding's. */
const BYTES_SAID = [1, 300, 600, 700, 800, 900, 1_000, 1_100, 1_200, 1_400, 1_600];
const GIVES_UP: Patience = { attempts: 2 };

/** Everything over the tiers in turn; with ONBOARDING_FAULTS=all everything on every tier. */
function share<T>(all: readonly T[], place: number): T[] {
  return process.env['ONBOARDING_FAULTS'] === 'all' ? [...all] : all.filter((_one, index) => index % TIERS.length === place);
}

describe('what an onboarding asks for elsewhere', () => {
  let stage: FaultStage;

  beforeAll(async () => {
    stage = await FaultStage.open();
  });
  afterEach(async () => {
    await Promise.all([forgetFaults(stage.switches), forgetFaults(stage.vault)]);
    await stage.postgres.pass();
  });
  afterAll(() => stage.close());

  const forStripe = (plan: Parameters<typeof stage.switches.plan>[0]): Promise<void> => stage.switches.plan(plan);
  const forVault = (plan: Parameters<typeof planFaults<VaultFault>>[1]): Promise<void> => planFaults<VaultFault>(stage.vault, plan);

  /** It works, and is one customer. Taken away after that. */
  async function isWhole(tenant: Tenant): Promise<void> {
    await stage.postgres.pass();
    const { platform, provisioning } = stage.test;
    const made = requireActive(await platform.directory.byId(tenant.id));
    await expect(new TenantSql(platform).run(made, 'select count(*) from tickets')).resolves.toBeDefined();
    expect(stage.customers(tenant.id)).toBe(1);
    // What is looked through at the end stays small.
    const customer = String(await new BillingAccounts(platform.catalog).of(tenant.id));
    await provisioning.provisioner.remove(made);
    await platform.billing.deleteCustomer(customer);
  }

  /** Nothing of it is anywhere, and its name is free. */
  async function isGone(tenant: Tenant): Promise<void> {
    await stage.postgres.pass();
    const { provisioning, platform } = stage.test;
    await expect(provisioning.tenants.get(tenant.id)).rejects.toMatchObject({ code: 'tenant.unknown' });
    expect(await provisioning.isolation.remains(tenant)).toEqual([]);
    expect(stage.customers(tenant.id)).toBe(0);
    for await (const name of platform.secrets.deletedNames()) expect(name).not.toBe(tenant.placement.secret);
    expect(await orphansOf(stage.test)).toEqual([]);
  }

  /** It could not even be taken back: its name is held until somebody has it tried again. */
  async function needsSomebody(id: string, tenant: Tenant, tier: Tier, lift: () => Promise<unknown>): Promise<void> {
    const { state, direction } = await stage.drive(id, GIVES_UP);
    expect([state, direction]).toEqual(['needs_human', 'backward']);
    const again = { slug: tenant.slug, companyName: 'Again', adminEmail: 'a@b.test', plan: PLAN_OF_TIER[tier], region: 'eu-west' };
    await expect(stage.test.desk.ask(again)).rejects.toThrow(SlugTakenError);
    await lift();
    await stage.test.platform.works.retry(id);
    expect((await stage.drive(id)).state).toBe('compensated');
    await isGone(tenant);
  }

  describe.each(TIERS.map((tier, place) => [tier, place] as const))('for a tenant of the %s tier', (tier, place) => {
    describe('may be billing', () => {
      it.each(share(Object.entries(STRIPE_FAULTS), place))(
        'that %s, whichever call it is, and is done once',
        async (_what, fault) => {
          await stage.switches.clearLog();
          await stage.drive((await stage.ask(tier)).id);
          const calls = (await stage.switches.asked()).length;
          for (let call = 0; call < calls; call += 1) {
            const { id, tenant } = await stage.ask(tier);
            await forStripe({ next: [...Array.from({ length: call }, () => ({})), ...Array.from({ length: STRIPE_TRIES }, () => fault)] });
            const { state } = await stage.drive(id);
            await forgetFaults(stage.switches);
            expect([call, state]).toEqual([call, 'done']);
            await isWhole(tenant);
          }
        },
        120_000,
      );

      it('that begins no subscription: it is taken back whole', async () => {
        const { id, tenant } = await stage.ask(tier);
        await forStripe({ always: { status: 500 }, path: '/v1/subscriptions', method: 'POST' });
        expect((await stage.drive(id, GIVES_UP)).state).toBe('compensated');
        await isGone(tenant);
      });

      it('that is away for long, when it is held until it can be taken back', async () => {
        const { id, tenant } = await stage.ask(tier);
        await forStripe({ next: [{}, {}, {}] });
        await forStripe({ always: { drop: 'after' } });
        await needsSomebody(id, tenant, tier, () => forStripe({ always: null }));
      });

      it('that refuses for good: it is taken back at once', async () => {
        const { id, tenant } = await stage.ask(tier);
        const prices = [...stage.stripe.ledger.prices.entries()];
        stage.stripe.ledger.prices.clear();
        const { state } = await stage.drive(id);
        for (const [key, price] of prices) stage.stripe.ledger.prices.set(key, price);
        expect(state).toBe('compensated');
        await isGone(tenant);
      });
    });

    describe('may be provisioning’s way to PostgreSQL', () => {
      it.each(share(BYTES_SAID, place))(
        'that breaks when %s bytes were said on each connection: it is tried again, and whole',
        async (bytes) => {
          const { id, tenant } = await stage.ask(tier);
          stage.postgres.resetAfter(bytes);
          const { state } = await stage.drive(id, { onFailure: () => stage.postgres.pass() });
          expect(state).toBe('done');
          await isWhole(tenant);
        },
      );

      it.each(share(BYTES_SAID, place))('that breaks so for ever (%s bytes), until it is taken back', async (bytes) => {
        const { id, tenant } = await stage.ask(tier);
        stage.postgres.resetAfter(bytes);
        // Four failures: two forward, after which it is taken back.
        const { state } = await stage.drive(id, { ...GIVES_UP, onFailure: (failures) => failures >= 2 && stage.postgres.pass() });
        if (state === 'done') await isWhole(tenant);
        else await isGone(tenant);
      });

      it('that is full: it is tried again, and whole', async () => {
        const { id, tenant } = await stage.ask(tier);
        const limit = (room: number): Promise<unknown> =>
          withSession(stage.superuserUrl, async (session) => {
            await session.query(`alter role tenantry_migrator connection limit ${String(room)}`);
            // Those that were open before stay open.
            if (room === 0)
              await session.query(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tenantry_migrator'`);
          });
        await limit(0);
        let failed = 0;
        const lifted = (failures: number): Promise<unknown> => {
          failed = failures;
          return limit(-1);
        };
        const { state } = await stage.drive(id, { onFailure: lifted });
        expect([state, failed > 0]).toEqual(['done', true]);
        await isWhole(tenant);
      });

      it('that is gone for long, when it is held until it can be taken back', async () => {
        const { id, tenant } = await stage.ask(tier);
        await stage.postgres.refuse();
        await needsSomebody(id, tenant, tier, () => stage.postgres.pass());
      });

      it.each(share([15, 40, 80], place))(
        'that is so slow (%s ms a word) that its time is over while it is at work: nothing comes of it later',
        async (late) => {
          const { id, tenant } = await stage.ask(tier);
          stage.postgres.delay(late);
          const slow = { ...GIVES_UP, timeoutMs: 5 * late };
          const { state } = await stage.drive(id, { ...slow, onFailure: (failures) => failures >= 2 && stage.postgres.pass() });
          expect(state).toMatch(/^(done|compensated|needs_human)$/);
          if (state === 'done') await isWhole(tenant);
          else {
            if (state === 'needs_human') {
              await stage.postgres.pass();
              await stage.test.platform.works.retry(id);
              expect((await stage.drive(id)).state).toBe('compensated');
            }
            await isGone(tenant);
          }
        },
      );
    });
  });

  describe('may be the key vault', () => {
    it.each(Object.entries(VAULT_FAULTS))(
      'that %s, whichever call it is, for a tenant with a database of its own',
      async (_what, fault) => {
        await askStandIn(stage.vault, 'DELETE', '/_control/log');
        await stage.drive((await stage.ask('database')).id);
        const calls = (await readLog(stage.vault)).filter(({ path }) => path.startsWith('/secrets')).length;
        expect(calls).toBeGreaterThan(0);
        for (let call = 0; call < calls; call += 1) {
          const { id, tenant } = await stage.ask('database');
          await forVault({ next: [...Array.from({ length: call }, () => ({})), ...Array.from({ length: VAULT_TRIES }, () => fault)] });
          const { state } = await stage.drive(id);
          await forgetFaults(stage.vault);
          expect([call, state]).toEqual([call, 'done']);
          await isWhole(tenant);
        }
      },
      120_000,
    );

    it('that keeps no secret: it is taken back whole', async () => {
      const { id, tenant } = await stage.ask('database');
      await forVault({ always: { status: 403 }, method: 'PUT' });
      expect((await stage.drive(id, GIVES_UP)).state).toBe('compensated');
      await isGone(tenant);
    });

    it('that is away for long, when it is held until it can be taken back', async () => {
      const { id, tenant } = await stage.ask('database');
      await forVault({ always: { drop: true } });
      await needsSomebody(id, tenant, 'database', () => forVault({ always: null }));
    }, 120_000);

    it.each(['row', 'schema'] as const)('that is away, of which a tenant of the %s tier sees nothing', async (tier) => {
      const { id, tenant } = await stage.ask(tier);
      await forVault({ always: { drop: true } });
      expect((await stage.drive(id)).state).toBe('done');
      await isWhole(tenant);
    });
  });

  describe('may be who wants to be told', () => {
    let listener: Server;
    const told: unknown[] = [];
    let answer: 'hang up' | number = 204;

    beforeAll(async () => {
      listener = createServer((request, response) => {
        request.resume().on('end', () => {
          told.push(request.headers['webhook-id']);
          const now = answer;
          answer = 204;
          if (now === 'hang up') response.destroy();
          else response.writeHead(now).end();
        });
      });
      await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    });
    afterAll(() => listener.close());

    it.each([500, 429, 'hang up'] as const)('who answers %s: it is told again, and the tenant is whole meanwhile', async (how) => {
      told.length = 0;
      answer = how;
      const notifyUrl = `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/told`;
      const { id, tenant } = await stage.ask('row', { notifyUrl });
      expect((await stage.drive(id)).state).toBe('done');
      await isWhole(tenant);
      const [notice] = await stage.test.platform.catalog.em
        .fork()
        .execute<{ id: string }[]>('select id from work where once = ?', [`${ONBOARDING_NOTICE.name}:${id}`]);
      expect((await stage.drive(String(notice?.id))).state).toBe('done');
      expect([told.length, new Set(told).size]).toEqual([2, 1]);
    });
  });

  it('left nothing anywhere that is nobody’s', async () => {
    expect(await orphansOf(stage.test)).toEqual([]);
  });
});
