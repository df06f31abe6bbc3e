import type { Plugin } from '#kernel/plugin/plugin.js';
import { BRANDING } from './branding/branding.settings.js';
import { SETTING_PERMISSIONS } from './setting.permissions.js';
import { SETTINGS_AUDIT } from './settings.audit.js';
import { SettingsModule } from './settings.module.js';

/** What a tenant can have its own way, and how it looks. */
export const settingsPlugin: Plugin = {
  name: 'settings',
  entities: [],
  module: SettingsModule,
  permissions: Object.values(SETTING_PERMISSIONS),
  handlers: [],
  auditActions: SETTINGS_AUDIT,
  settings: Object.values(BRANDING),
};
