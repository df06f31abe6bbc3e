import { permission } from '#kernel/plugin/permission.js';

/** What concerns who may do what. */
export const ACCESS_PERMISSIONS = {
  ask: permission('access:ask', 'viewer'),
  explain: permission('access:explain', 'admin'),
  readRoles: permission('roles:read', 'member'),
  manageRoles: permission('roles:manage', 'admin', { risk: 'high' }),
  readOverrides: permission('overrides:read', 'admin'),
  manageOverrides: permission('overrides:manage', 'admin', { risk: 'high' }),
  readKeys: permission('api-keys:read', 'admin'),
  manageKeys: permission('api-keys:manage', 'admin', { risk: 'high' }),
} as const;
