import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { loadConfig } from '#main/config.js';
import { openPlatform, type Platform, type PlatformParts } from '#main/platform.js';
import { openProvisioning, type Provisioning } from '#main/provisioning.js';

/** What each tier is bought as, by the name of its isolation. */
export const PLAN_OF_TIER = { row: 'starter', schema: 'professional', database: 'enterprise' } as const;
export type Tier = keyof typeof PLAN_OF_TIER;
export const TIERS = Object.keys(PLAN_OF_TIER) as Tier[];

/** A platform on the test run's real servers, and tenants made on it the way operators make them; close it to take them away. */
export class TestPlatform {
  readonly #made: Tenant[] = [];

  private constructor(
    readonly platform: Platform,
    readonly provisioning: Provisioning,
  ) {}

  /** Settings given here win over those of the test run. */
  static async open(settings: Record<string, string> = {}, parts: PlatformParts = {}): Promise<TestPlatform> {
    const config = loadConfig({ ...process.env, ...settings });
    const platform = await openPlatform(config, pino({ level: 'silent' }), parts);
    return new TestPlatform(platform, await openProvisioning(platform));
  }

  /** A new active tenant with a fresh name. */
  async tenant(tier: Tier, region = 'eu-west'): Promise<Tenant> {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, name: slug, adminEmail: 'admin@example.test', plan: PLAN_OF_TIER[tier], region };
    const made = await this.provisioning.provisioner.create(request);
    this.#made.push(made);
    return requireActive(await this.platform.directory.byId(made.id));
  }

  /** Two tenants of one tier: whatever one does, the other must not see. */
  async pair(tier: Tier): Promise<{ acme: Tenant; globex: Tenant }> {
    const [acme, globex] = await Promise.all([this.tenant(tier), this.tenant(tier)]);
    return { acme, globex };
  }

  /** One that was made by other means is taken away with the others. */
  adopt(tenant: Tenant): void {
    this.#made.push(tenant);
  }

  /** The key is shown only here. */
  async apiKey(tenant: Tenant): Promise<string> {
    return (await this.provisioning.apiKeys.issue(tenant.id, 'test')).key;
  }

  /** Runs work as a request of the tenant would. */
  as<T>(tenant: Tenant, work: () => Promise<T>): Promise<T> {
    return TenantScope.run(tenant, work);
  }

  async close(): Promise<void> {
    for (const tenant of this.#made.splice(0)) await this.provisioning.provisioner.remove(tenant);
    await this.platform.close();
  }
}
