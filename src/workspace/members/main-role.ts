import { SYSTEM_ROLES } from '#kernel/plugin/permission.js';

/** The one role to show where there is room for one: the highest that every tenant has, else the first of the tenant's own. */
export function mainRoleOf(roles: readonly string[]): string {
  return SYSTEM_ROLES.findLast((role) => roles.includes(role)) ?? roles[0] ?? 'viewer';
}
