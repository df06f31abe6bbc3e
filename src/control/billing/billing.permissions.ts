import { permission } from '#kernel/plugin/permission.js';

/** What concerns money; a tenant that may only read for want of it keeps all of it. */
export const BILLING_PERMISSIONS = {
  read: permission('billing:read', 'admin'),
  manage: permission('billing:manage', 'admin', { risk: 'high', whenReadOnly: true }),
} as const;
