import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { ONBOARDING_STEPS } from '#control/onboarding/onboarding-plan.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openPlatformWork } from '#main/work-kinds.js';
import type { CrashOrder } from '#testing/crash/crash-process.js';
import { type CrashPoint, UNDONE_STEPS } from '#testing/crash/crash-point.js';
import { orphansOf } from '#testing/orphans.js';
import { plantOrphans } from '#testing/planted-orphans.js';
import { ServersOfItsOwn } from '#testing/servers-of-its-own.js';
import { PLAN_OF_TIER, TestPlatform, TIERS, type Tier } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';

const PROCESS = join(import.meta.dirname, '../../../dist/src/testing/crash/crash-process.js');
const LEASE_MS = 1_500;
const WHOLE_WITHIN_MS = 60_000;

const POINTS: CrashPoint[] = (['before', 'after'] as const).flatMap((when) => [
  ...ONBOARDING_STEPS.slice(1).map((step) => ({ step, direction: 'run' as const, when })),
  ...UNDONE_STEPS.map((step) => ({ step, direction: 'undo' as const, when })),
]);
/** Every point once, over the tiers in turn; with ONBOARDING_CRASHES=all every point on every tier. */
const CASES: [string, CrashPoint, Tier][] = POINTS.flatMap((point, place) => {
  const tiers = process.env['ONBOARDING_CRASHES'] === 'all' ? TIERS : [TIERS[place % TIERS.length]!];
  return tiers.map((tier): [string, CrashPoint, Tier] => [`${point.when} ${point.direction} of ${point.step}, ${tier} tier`, point, tier]);
});

describe('a process that is killed while it makes a tenant', () => {
  let servers: ServersOfItsOwn;
  let test: TestPlatform;
  let globex: Tenant;

  beforeAll(async () => {
    servers = await ServersOfItsOwn.start();
    test = await TestPlatform.open(servers.settings);
    globex = await test.tenant('row');
  });
  afterAll(async () => {
    await test.close();
    await servers.close();
  });

  const use = (tenant: Tenant): Promise<unknown> => new TenantSql(test.platform).run(tenant, 'select count(*) from tickets');

  /** Ends as the killed process did not. */
  function healthy(): WorkDriver {
    const { kinds } = openPlatformWork(test.platform, test.provisioning);
    const log = pino({ level: 'silent' });
    const rest = { handBack: new AbortController().signal, later: () => undefined };
    return new WorkDriver(test.platform.works, new WorkRunner({ book: test.platform.works, kinds, log, leaseMs: LEASE_MS, ...rest }));
  }

  /** Everything there is of a tenant, wherever it could be. */
  async function tracesOf(tenant: Tenant): Promise<string[]> {
    const { platform, provisioning } = test;
    const traces = [...(await provisioning.isolation.remains(tenant))];
    for await (const { id, tenantId } of platform.billing.allCustomers()) if (tenantId === tenant.id) traces.push(`customer ${id}`);
    for await (const { id, tenantIdInMetadata, status } of platform.billing.allSubscriptions())
      if (tenantIdInMetadata === tenant.id && status !== 'canceled') traces.push(`subscription ${id}`);
    for await (const name of platform.secrets.deletedNames()) if (name === tenant.placement.secret) traces.push('a secret that is deleted');
    const rows = await platform.catalog.em.fork().execute<{ trace: string }[]>(
      `select 'tenant' as trace from tenant where id = ? union all select 'placement' from placement where tenant_id = ?
         union all select 'customer row' from billing_customer where tenant_id = ?`,
      [tenant.id, tenant.id, tenant.id],
    );
    return [...traces, ...rows.map(({ trace }) => trace)];
  }

  it.each(CASES)('leaves it to another, who ends it whole or with nothing of it anywhere (%s)', async (_name, point, tier) => {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const asked = { slug, companyName: slug, adminEmail: `admin@${slug}.test`, plan: PLAN_OF_TIER[tier], region: 'eu-west' };
    const { id: onboardingId } = await test.desk.ask(asked);
    const tenant = await test.provisioning.tenants.get(slug);
    const order: CrashOrder = { onboardingId, point, leaseMs: LEASE_MS };
    const env = { ...process.env, ...servers.settings };
    const child: ChildProcess = fork(PROCESS, [JSON.stringify(order)], { env, stdio: 'inherit', execArgv: ['--no-warnings'] });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    const seen = (await test.platform.works.report(onboardingId)).steps.find(({ name }) => name === point.step);
    expect(seen?.state).toBe(point.direction === 'run' ? 'running' : 'undoing');

    const { state } = await healthy().drive(onboardingId, AbortSignal.timeout(WHOLE_WITHIN_MS));
    if (point.direction === 'run') {
      expect(state).toBe('done');
      const made = await test.onboarded(onboardingId);
      await expect(use(made)).resolves.toBeDefined();
      const customer = (await new BillingAccounts(test.platform.catalog).of(made.id))!;
      expect((await tracesOf(made)).filter((trace) => trace.startsWith('customer c'))).toEqual([`customer ${customer}`]);
      expect(await test.platform.billing.subscriptionsOf(customer)).toHaveLength(1);
      const owners = await new TenantSql(test.platform).run(made, 'select email from member');
      expect(owners).toHaveLength(1);
    } else {
      expect([state, await tracesOf(tenant)]).toEqual(['compensated', []]);
    }
    await expect(use(globex)).resolves.toBeDefined();
  });

  it('leaves nothing on any server that is nobody’s, as far as the doctor sees', async () => {
    expect(await orphansOf(test)).toEqual([]);
  });

  it('would be found out: the doctor sees whatever is planted, and nothing else', async () => {
    const planted = await plantOrphans(test);
    const seen = await orphansOf(test);
    expect(planted.filter((subject) => !seen.some((orphan) => orphan.startsWith(`${subject} `)))).toEqual([]);
    expect(seen).toHaveLength(planted.length);
  });
});
