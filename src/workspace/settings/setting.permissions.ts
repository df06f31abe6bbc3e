import { permission } from '#kernel/plugin/permission.js';

/** Who may look at the settings of their tenant, and who may change them. */
export const SETTING_PERMISSIONS = {
  read: permission('settings:read', 'member'),
  explain: permission('settings:explain', 'admin'),
  write: permission('settings:write', 'admin'),
} as const;
