import type { SettingOverride, SettingOverrides } from '#catalog/settings/setting-overrides.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { Clock } from '#kernel/work/clock.js';
import { acceptSetting } from '#workspace/settings/accept-setting.js';
import type { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';
import type { SettingChanges } from '#workspace/settings/setting-changes.js';
import { isUuid } from '#kernel/model/uuid.js';

/** Which setting of which tenant, and why it is touched. */
export interface OperatorWish {
  readonly tenant: string;
  readonly key: string;
  readonly reason: string;
}

/** What deciding of tenants' settings takes. */
export interface OperatorSettingsParts {
  readonly directory: Pick<TenantDirectory, 'byId' | 'bySlug'>;
  readonly overrides: SettingOverrides;
  readonly catalogue: SettingCatalogue;
  readonly changes: SettingChanges;
  readonly clock: Clock;
}

/** What operators decide of tenants' settings, whatever those say. A tenant is named by its id or its slug; each raises TenantUnknownError. */
export class OperatorSettings {
  constructor(private readonly parts: OperatorSettingsParts) {}

  /** Everything decided of a tenant, also what is over. */
  async list(tenant: string): Promise<ReadonlyMap<string, SettingOverride>> {
    return this.parts.overrides.of((await this.#tenant(tenant)).id);
  }

  /** Counts at every process within a second. Raises SettingUnknownError and SettingInvalidError. */
  async override({ tenant, key, reason }: OperatorWish, value: unknown, until: Date | null): Promise<void> {
    const { overrides, catalogue, changes, clock } = this.parts;
    const { json } = acceptSetting(catalogue, key, { value, until }, clock.now());
    const { id: tenantId } = await this.#tenant(tenant);
    await overrides.put({ tenantId, key, json, until, reason });
    await changes.changed(tenantId);
  }

  /** What was decided no longer counts; also of a setting that this release does not have any more. */
  async end({ tenant, key }: Omit<OperatorWish, 'reason'>): Promise<void> {
    const { id: tenantId } = await this.#tenant(tenant);
    await this.parts.overrides.end({ tenantId, key });
    await this.parts.changes.changed(tenantId);
  }

  async #tenant(idOrSlug: string): Promise<Tenant> {
    const { directory } = this.parts;
    const tenant = await (isUuid(idOrSlug) ? directory.byId(idOrSlug) : directory.bySlug(idOrSlug));
    if (!tenant) throw new TenantUnknownError();
    return tenant;
  }
}
