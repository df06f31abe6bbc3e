import { permission } from '#kernel/plugin/permission.js';

/** What people and machines may do with tickets. */
export const TICKET_PERMISSIONS = {
  read: permission('tickets:read', 'viewer'),
  create: permission('tickets:create', 'member'),
  change: permission('tickets:change', 'member'),
  assign: permission('tickets:assign', 'admin'),
  delete: permission('tickets:delete', 'admin', { risk: 'high' }),
} as const;
