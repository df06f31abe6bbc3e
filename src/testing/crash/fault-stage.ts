import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { WorkReport } from '#catalog/work/work-report.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { ServersOfItsOwn } from '#testing/servers-of-its-own.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { PLAN_OF_TIER, TestPlatform, type Tier } from '#testing/test-platform.js';
import type { StandInAccess } from '#tools/stand-ins/common/stand-in-control.js';
import { StripeStandIn } from '#tools/stand-ins/stripe/stripe-stand-in.js';
import { StripeSwitches } from '#tools/stand-ins/stripe/stripe-switches.js';

const API_KEY = 'sk_test_onboarding_faults';

interface ClusterFile {
  readonly clusters: { migratorUrl: string; provisionUrl: string }[];
}

/** How an onboarding is driven: how often a step is tried in a row, how long one may take, and what happens at each failure. */
export interface Patience {
  readonly attempts?: number;
  readonly timeoutMs?: number;
  readonly onFailure?: (failures: number) => unknown;
}

/** Onboardings on servers that nobody else uses, each of which can be disturbed: the payment provider, the key vault, provisioning's way to PostgreSQL. */
export class FaultStage {
  private constructor(
    readonly test: TestPlatform,
    readonly stripe: StripeStandIn,
    readonly switches: StripeSwitches,
    readonly vault: StandInAccess,
    /** Between provisioning and the server in eu-west; requests of tenants do not pass by it. */
    readonly postgres: TcpProxy,
    readonly superuserUrl: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async open(): Promise<FaultStage> {
    const servers = await ServersOfItsOwn.start();
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-faults-'));
    const stripe = await StripeStandIn.start({ port: 0, apiKey: API_KEY });
    const { proxy, file, superuserUrl } = await proxied(String(servers.settings['CLUSTERS']), folder);
    const own = { STRIPE_API_URL: stripe.url, STRIPE_API_KEY: API_KEY, CLUSTERS: file };
    const test = await TestPlatform.open({ ...servers.settings, ...own });
    const vault = { url: String(servers.settings['AZURE_KEY_VAULT_URL']), caFile: String(servers.settings['NODE_EXTRA_CA_CERTS']) };
    return new FaultStage(test, stripe, new StripeSwitches(stripe.url), vault, proxy, superuserUrl, async () => {
      await test.close();
      await Promise.all([stripe.stop(), proxy.close()]);
      await servers.close();
      rmSync(folder, { recursive: true });
    });
  }

  close(): Promise<void> {
    return this.end();
  }

  /** Asks for a tenant; nothing of it is made yet. */
  async ask(tier: Tier, more: { notifyUrl?: string } = {}): Promise<{ id: string; tenant: Tenant }> {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const wanted = { slug, companyName: slug, adminEmail: `admin@${slug}.test`, plan: PLAN_OF_TIER[tier], region: 'eu-west', ...more };
    const { id } = await this.test.desk.ask(wanted);
    return { id, tenant: await this.test.provisioning.tenants.get(slug) };
  }

  /** Sees a work to its end, without pauses between its tries. */
  drive(id: string, { attempts, timeoutMs, onFailure }: Patience = {}): Promise<WorkReport> {
    const { platform, provisioning } = this.test;
    const patience = { ...(attempts !== undefined && { attempts }), ...(timeoutMs !== undefined && { timeoutMs }) };
    let failures = 0;
    const runner = new WorkRunner({
      ...{ book: platform.works, log: pino({ level: 'silent' }), leaseMs: 20_000, handBack: new AbortController().signal },
      kinds: openPlatformWork(platform, provisioning).kinds.map((kind) => ({ ...kind, ...patience, againAfterMs: () => 0 })),
      later: () => onFailure?.((failures += 1)),
    });
    return new WorkDriver(platform.works, runner).drive(id, AbortSignal.timeout(60_000));
  }

  /** Customers that the provider has of a tenant. */
  customers(tenantId: string): number {
    return [...this.stripe.ledger.customers.values()].filter(({ metadata }) => metadata['tenant_id'] === tenantId).length;
  }
}

async function proxied(clusters: string, folder: string): Promise<{ proxy: TcpProxy; file: string; superuserUrl: string }> {
  const { clusters: known } = JSON.parse(await readFile(clusters, 'utf8')) as ClusterFile;
  const [first, ...others] = known;
  if (!first) throw new Error('there is no cluster');
  const proxy = await TcpProxy.to(first.provisionUrl);
  const through = { ...first, migratorUrl: proxy.through(first.migratorUrl), provisionUrl: proxy.through(first.provisionUrl) };
  const file = join(folder, 'clusters.json');
  await writeFile(file, JSON.stringify({ clusters: [through, ...others] }), { mode: 0o600 });
  return { proxy, file, superuserUrl: first.provisionUrl };
}
