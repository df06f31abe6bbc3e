import type { Flags } from '#kernel/flags/flags.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { SettingKey } from '#kernel/plugin/setting-key.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import { TenantMemory } from '#kernel/tenancy/tenant-memory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';
import { readOwnSettings } from '#workspace/settings/own-settings.js';
import { resolveSetting, type Resolution } from '#workspace/settings/resolution.js';
import type { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';
import { SettingChanges } from '#workspace/settings/setting-changes.js';
import { SettingNotFoundError } from '#workspace/settings/setting.errors.js';
import type { SettingPresets } from '#workspace/settings/setting-presets.js';
import type { SettingTables } from '#workspace/settings/setting-tables.js';
import type { OperatorOverrides, StoredValues } from '#workspace/settings/stored-value.js';

const LIMITS = { ttlMs: 30_000, unheardTtlMs: 2_000, staleMs: 300_000 };
const TENANTS = 10_000;

/** What the resolver asks, and whom it tells of what it cannot read. */
export interface TenantSettingsParts {
  readonly contexts: TenantContextFactory;
  readonly catalogue: SettingCatalogue;
  readonly presets: SettingPresets;
  readonly overrides: OperatorOverrides;
  /** The features that a tenant may have at a time. */
  readonly featuresOf: (tenant: Tenant, at: Date) => ReadonlySet<string>;
  readonly flags: Flags;
  readonly clock: Clock;
  /** Told of a value that is not of its key's type, once for each version of it. */
  readonly onInvalid: (tenant: Tenant, key: string, source: string) => void;
  readonly channel?: InvalidationChannel;
  readonly now?: () => number;
}

/** What is written down of a tenant, by whom. */
interface WrittenDown {
  readonly own: StoredValues;
  readonly overrides: StoredValues;
}

/**
 * What the settings of the tenant in scope are, from everything that speaks of them. What is written down is remembered for 30 s at most, and
 * 2 s while this process does not hear of changes; which of it counts is decided at each asking. Raises what reading raises when nothing of
 * the last minutes is remembered.
 */
export class TenantSettings extends SettingChanges {
  readonly #own: TenantMemory<StoredValues>;
  readonly #overrides: TenantMemory<StoredValues>;
  readonly #told = new Set<string>();

  constructor(private readonly parts: TenantSettingsParts) {
    super();
    const { channel, now } = parts;
    const options = { limits: LIMITS, tenants: TENANTS, channel, ...(now && { now }) };
    this.#own = new TenantMemory(options);
    this.#overrides = new TenantMemory(options);
  }

  /** The value that counts now. */
  async resolve<Value>(key: SettingKey<Value>): Promise<Value> {
    return (await this.explain(key)).value;
  }

  /** The value that counts now, and every source that was looked at. */
  async explain<Value>(key: SettingKey<Value>): Promise<Resolution<Value>> {
    const tenant = TenantScope.require(`resolve ${key.name}`);
    return this.#resolve(key, tenant, await this.#writtenDown(tenant));
  }

  /** The same by the name of a key. Raises SettingNotFoundError. */
  explainNamed(name: string): Promise<Resolution> {
    return this.explain(this.require(name));
  }

  /** Raises SettingNotFoundError. */
  require(name: string): SettingKey {
    const key = this.parts.catalogue.find(name);
    if (!key) throw new SettingNotFoundError(name);
    return key;
  }

  /** Every setting there is, in the order of their names. */
  async all(): Promise<readonly { readonly key: SettingKey; readonly resolution: Resolution }[]> {
    const tenant = TenantScope.require('resolve all settings');
    const written = await this.#writtenDown(tenant);
    return this.parts.catalogue.all.map((key) => ({ key, resolution: this.#resolve(key, tenant, written) }));
  }

  /** What holds of a key for the tenant in scope before it or an operator says otherwise. */
  given<Value>(key: SettingKey<Value>): Value {
    const { plan, region } = TenantScope.require(`resolve ${key.name}`);
    const { presets } = this.parts;
    return (presets.ofPlan(plan, key.name) ?? presets.ofRegion(region, key.name) ?? key.default) as Value;
  }

  async changed(tenantId: string): Promise<void> {
    for (const memory of [this.#own, this.#overrides]) memory.forget(tenantId);
    await this.parts.channel?.publish(tenantId);
  }

  #resolve<Value>(key: SettingKey<Value>, tenant: Tenant, { own, overrides }: WrittenDown): Resolution<Value> {
    const { presets, featuresOf, flags, clock } = this.parts;
    const now = clock.now();
    const { name, gate } = key;
    const resolution = resolveSetting(
      key,
      {
        override: overrides.get(name),
        tenant: own.get(name),
        plan: presets.ofPlan(tenant.plan, name),
        region: presets.ofRegion(tenant.region, name),
        presetsVersion: presets.version,
        isEntitled: gate === undefined || featuresOf(tenant, now).has(gate.feature),
        isFlagOn: gate?.flag === undefined || flags.isOn(gate.flag, tenant),
      },
      now,
    );
    for (const { source, state, version } of resolution.sources) if (state === 'invalid') this.#tell(tenant, name, source, version);
    return resolution;
  }

  async #writtenDown(tenant: Tenant): Promise<WrittenDown> {
    const [own, overrides] = await Promise.all([
      this.#ownOf(tenant),
      this.#overrides.of(tenant.id, () => this.parts.overrides.of(tenant.id)),
    ]);
    return { own, overrides };
  }

  #ownOf({ id }: Tenant): Promise<StoredValues> {
    const read = (): Promise<StoredValues> => readOwnSettings(this.parts.contexts.reads<SettingTables>());
    // What only a transaction sees is its own, and waiting for others while holding a connection is how connections run out.
    if (!TenantTransaction.current()) return this.#own.of(id, read);
    const known = this.#own.fresh(id);
    return known ? Promise.resolve(known) : read();
  }

  #tell(tenant: Tenant, key: string, source: string, version: string | null): void {
    const what = [tenant.id, key, source, version].join(' ');
    if (this.#told.has(what)) return;
    if (this.#told.size >= TENANTS) this.#told.clear();
    this.#told.add(what);
    this.parts.onInvalid(tenant, key, source);
  }
}
