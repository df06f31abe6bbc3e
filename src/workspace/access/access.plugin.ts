import type { Plugin } from '#kernel/plugin/plugin.js';
import { ACCESS_AUDIT_ACTIONS } from './access.audit.js';
import { AccessModule } from './access.module.js';
import { ACCESS_PERMISSIONS } from './access.permissions.js';
import { AccessOverride } from './overrides/override.entity.js';
import { Role } from './roles/role.entity.js';

/** Who may do what, and who may say so. */
export const accessPlugin: Plugin = {
  name: 'access',
  entities: [Role, AccessOverride],
  module: AccessModule,
  permissions: Object.values(ACCESS_PERMISSIONS),
  handlers: [],
  auditActions: ACCESS_AUDIT_ACTIONS,
};
