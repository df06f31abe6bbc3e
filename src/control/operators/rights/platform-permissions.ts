import { platformPermission, type OperatorRole, type PlatformPermission } from '#kernel/plugin/platform-permission.js';

/** What can be done on the operators' host, and which roles may; the only table of it. Owners may all of it. */
export const PLATFORM_PERMISSIONS = {
  /** One's own sessions. */
  self: platformPermission('platform.self:manage', ['support', 'operator', 'billing', 'security']),
  readTenants: platformPermission('platform.tenants:read', ['support', 'operator', 'billing', 'security']),
  createTenants: platformPermission('platform.tenants:create', ['operator'], 'high'),
  /** Suspend, reinstate, cancel, reactivate. */
  changeTenants: platformPermission('platform.tenants:change', ['operator'], 'high'),
  /** Erase what is kept of one, or hold its erasure up. */
  eraseTenants: platformPermission('platform.tenants:erase', ['security'], 'high'),
  holdTenants: platformPermission('platform.tenants:hold', ['security'], 'high'),
  /** Logins for auditors of a tenant. */
  manageAuditors: platformPermission('platform.auditors:manage', ['security'], 'high'),
  exportTenants: platformPermission('platform.tenants:export', ['security'], 'high'),
  manageKeys: platformPermission('platform.keys:manage', ['operator'], 'high'),
  readBilling: platformPermission('platform.billing:read', ['support', 'billing', 'security']),
  manageBilling: platformPermission('platform.billing:manage', ['billing'], 'high'),
  readSettings: platformPermission('platform.settings:read', ['support', 'operator', 'security']),
  manageSettings: platformPermission('platform.settings:manage', ['operator'], 'high'),
  readMetrics: platformPermission('platform.metrics:read', ['support', 'operator', 'billing', 'security']),
  readWork: platformPermission('platform.work:read', ['support', 'operator', 'security']),
  /** Try again, or give up, what needs a human. */
  manageWork: platformPermission('platform.work:manage', ['operator'], 'high'),
  readMigrations: platformPermission('platform.migrations:read', ['support', 'operator', 'security']),
  /** Migrate the fleet, and hold that up. */
  manageMigrations: platformPermission('platform.migrations:manage', ['operator'], 'high'),
  readAudit: platformPermission('platform.audit:read', ['support', 'security']),
  readOperators: platformPermission('platform.operators:read', ['security']),
  manageOperators: platformPermission('platform.operators:manage', ['security'], 'high'),
} as const satisfies Record<string, PlatformPermission>;

/** The one decision on what an operator may. */
export function mayOperate(roles: readonly OperatorRole[], { operators }: PlatformPermission): boolean {
  return roles.some((role) => operators.includes(role));
}

/** The names of all that these roles may. */
export function permissionsOfOperator(roles: readonly OperatorRole[]): PlatformPermission['name'][] {
  return Object.values(PLATFORM_PERMISSIONS)
    .filter((permission) => mayOperate(roles, permission))
    .map(({ name }) => name);
}

/** Whether whoever has `own` has everything that `given` would give: only then may they give it, or take it away. */
export function coversRoles(own: readonly OperatorRole[], given: readonly OperatorRole[]): boolean {
  const mine = new Set(permissionsOfOperator(own));
  return own.includes('owner') || (!given.includes('owner') && permissionsOfOperator(given).every((name) => mine.has(name)));
}
