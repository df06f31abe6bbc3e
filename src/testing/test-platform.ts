import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { OnboardingDesk, OnboardingRequest } from '#control/onboarding/onboarding-desk.js';
import type { WorkDriver } from '#control/work/work-driver.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { loadConfig } from '#main/config.js';
import { openOnboardingDoors } from '#main/onboarding.js';
import { openWorkDriver } from '#main/platform-engine.js';
import { openPlatform, type Platform, type PlatformParts } from '#main/platform.js';
import { openProvisioning, type Provisioning } from '#main/provisioning.js';
import { openPlatformWork } from '#main/work-kinds.js';

/** What each tier is bought as, by the name of its isolation. */
export const PLAN_OF_TIER = { row: 'starter', schema: 'professional', database: 'enterprise' } as const;
export type Tier = keyof typeof PLAN_OF_TIER;
export const TIERS = Object.keys(PLAN_OF_TIER) as Tier[];

/** A platform on the test run's real servers, and tenants made on it the way operators make them; close it to take them away. */
export class TestPlatform {
  readonly #made: Tenant[] = [];
  readonly #driver: WorkDriver;
  readonly desk: OnboardingDesk;

  private constructor(
    readonly platform: Platform,
    readonly provisioning: Provisioning,
  ) {
    this.desk = openOnboardingDoors(platform).desk;
    this.#driver = openWorkDriver(platform, openPlatformWork(platform, provisioning).kinds);
  }

  /** Settings given here win over those of the test run. */
  static async open(settings: Record<string, string> = {}, parts: PlatformParts = {}): Promise<TestPlatform> {
    const config = loadConfig({ ...process.env, ...settings });
    const platform = await openPlatform(config, pino({ level: 'silent' }), parts);
    return new TestPlatform(platform, await openProvisioning(platform));
  }

  /** A new active tenant with a fresh name. */
  async tenant(tier: Tier, region = 'eu-west'): Promise<Tenant> {
    const slug = `test-${randomBytes(6).toString('hex')}`;
    const request = { slug, companyName: slug, adminEmail: 'admin@example.test', plan: PLAN_OF_TIER[tier], region };
    const { id } = await this.make(request);
    return requireActive(await this.platform.directory.byId(id));
  }

  /** A tenant as somebody asks for it, made in this process. */
  async make(request: OnboardingRequest): Promise<Tenant> {
    return this.onboarded((await this.desk.ask(request)).id);
  }

  /** The tenant that an onboarding makes, seen to its end in this process. */
  async onboarded(onboardingId: string): Promise<Tenant> {
    const made = await driven(this.#driver, this.provisioning, onboardingId);
    this.#made.push(made);
    return made;
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

/** A tenant that is made on another platform than a TestPlatform's, which does not take it away again. */
export async function madeOn(platform: Platform, provisioning: Provisioning, request: OnboardingRequest): Promise<Tenant> {
  const { id } = await openOnboardingDoors(platform).desk.ask(request);
  return driven(openWorkDriver(platform, openPlatformWork(platform, provisioning).kinds), provisioning, id);
}

async function driven(driver: WorkDriver, { tenants }: Provisioning, onboardingId: string): Promise<Tenant> {
  const { tenantId, state, error } = await driver.drive(onboardingId);
  if (state !== 'done') throw new Error(`the tenant was not made (${state}): ${error ?? ''}`);
  return tenants.get(tenantId ?? '');
}
