import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { UnleashFlags } from '#adapters/unleash/unleash-flags.js';
import { SettingOverrides } from '#catalog/settings/setting-overrides.js';
import { OperatorSettings } from '#control/settings/operator-settings.js';
import { Flags } from '#kernel/flags/flags.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Config } from '#main/config.js';
import { projectFolder } from '#main/project-folder.js';
import { readSettingPresets } from '#main/setting-presets.js';
import { FeatureGates } from '#workspace/settings/feature-gates.js';
import { SettingCatalogue } from '#workspace/settings/setting-catalogue.js';
import { TenantSettings } from '#workspace/settings/tenant-settings.js';

/** What decides of settings, features and flags in a process. */
export interface SettingParts {
  readonly settings: TenantSettings;
  readonly settingCatalogue: SettingCatalogue;
  readonly settingOverrides: SettingOverrides;
  readonly operatorSettings: OperatorSettings;
  readonly gates: FeatureGates;
  readonly flags: UnleashFlags;
}

export interface SettingOptions {
  readonly config: Config;
  readonly log: Logger;
  readonly plugins: readonly Plugin[];
  readonly contexts: TenantContextFactory;
  readonly catalog: MikroORM;
  readonly plans: PlanCatalogue;
  readonly directory: TenantDirectory;
  readonly clock: Clock;
  readonly channel: InvalidationChannel;
}

/** Raises TypeError when two settings have one name, and ConfigError when those of plans and regions cannot be used. */
export async function openSettings(options: SettingOptions): Promise<SettingParts> {
  const { config, log, plugins, contexts, catalog, plans, directory, clock, channel } = options;
  const catalogue = new SettingCatalogue(plugins.flatMap(({ settings = [] }) => settings));
  const presets = await readSettingPresets(join(projectFolder(), 'provisioning/settings.yaml'), catalogue);
  const flags = await openFlags(config, log);
  const overrides = new SettingOverrides(catalog);
  const settings = new TenantSettings({
    ...{ contexts, catalogue, presets, overrides, flags, clock, channel },
    featuresOf: (tenant, at) => plans.entitlementsOf(tenant, at).features,
    onInvalid: (tenant, key, source) =>
      log.error({ alert: 'setting-type', tenant: tenant.id, key, source }, 'a setting is kept that is not of its type'),
  });
  return {
    ...{ settings, settingCatalogue: catalogue, settingOverrides: overrides, flags },
    gates: new FeatureGates(settings, catalogue),
    operatorSettings: new OperatorSettings({ directory, overrides, catalogue, changes: settings, clock }),
  };
}

/** Each known by its class. */
export function settingProviders(parts: SettingParts): (Provider & { provide: unknown })[] {
  return [
    { provide: TenantSettings, useValue: parts.settings },
    { provide: SettingCatalogue, useValue: parts.settingCatalogue },
    { provide: OperatorSettings, useValue: parts.operatorSettings },
    { provide: FeatureGates, useValue: parts.gates },
    { provide: Flags, useValue: parts.flags },
  ];
}

function openFlags(config: Config, log: Logger): Promise<UnleashFlags> {
  const { UNLEASH_URL: url, UNLEASH_API_TOKEN: token, UNLEASH_APP_NAME: appName, FLAGS_BACKUP_DIR: backupFolder } = config;
  const server = url === undefined || token === undefined ? undefined : { url, token };
  return UnleashFlags.open({ server, appName, backupFolder, bootstrapFile: join(projectFolder(), 'provisioning/flags.json'), log });
}
