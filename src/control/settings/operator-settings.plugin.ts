import type { Plugin } from '#kernel/plugin/plugin.js';
import { OperatorSettingsModule } from './operator-settings.module.js';

/** What those who run the platform decide of tenants' settings. */
export const operatorSettingsPlugin: Plugin = {
  name: 'operator-settings',
  entities: [],
  module: OperatorSettingsModule,
  permissions: [],
  handlers: [],
};
