import { permission } from '#kernel/plugin/permission.js';

/** Who may look at what was done. */
export const AUDIT_PERMISSIONS = {
  read: permission('audit:read', 'admin', { risk: 'high' }),
  export: permission('audit:export', 'admin', { risk: 'high', feature: 'audit-export' }),
} as const;
