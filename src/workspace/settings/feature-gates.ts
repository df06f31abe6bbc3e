import type { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';
import type { Resolution } from '#workspace/settings/resolution.js';
import type { TenantSettings } from '#workspace/settings/tenant-settings.js';

/** Why a feature that a plan has is closed all the same. */
export interface ClosedFeature {
  readonly feature: string;
  readonly by: Resolution['winner'];
  readonly reason: string;
}

/** The one place where a feature is open or closed: what the plan has AND its flag AND nobody having switched it off. */
export class FeatureGates {
  constructor(
    private readonly settings: TenantSettings,
    private readonly catalogue: SettingCatalogue,
  ) {}

  /** Null when it is open for the tenant in scope, as far as this place knows: a feature without a switch of its own is the plan's alone. */
  async closed(feature: string): Promise<ClosedFeature | null> {
    const key = this.catalogue.find(`features.${feature}`);
    if (!key) return null;
    const { value, winner, reason } = await this.settings.explain(key);
    return value === true ? null : { feature, by: winner, reason };
  }
}
