import { permission } from '#kernel/plugin/permission.js';

/** What people and machines may do with tickets. */
export const TICKET_PERMISSIONS = {
  read: permission('tickets:read', 'viewer'),
  create: permission('tickets:create', 'member'),
  change: permission('tickets:change', 'member'),
  complete: permission('tickets:complete', 'member'),
  comment: permission('tickets:comment', 'member'),
  attach: permission('tickets:attach', 'member'),
  assign: permission('tickets:assign', 'admin'),
  /** To change and take away what others have said and attached. */
  moderate: permission('tickets:moderate', 'admin'),
  delete: permission('tickets:delete', 'admin', { risk: 'high' }),
} as const;
