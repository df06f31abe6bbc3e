import { permission } from '#kernel/plugin/permission.js';

/** What concerns oneself, and what concerns the other people of a company. */
export const MEMBER_PERMISSIONS = {
  self: permission('account:use', 'viewer'),
  read: permission('members:read', 'viewer'),
  manage: permission('members:manage', 'admin', { risk: 'high' }),
} as const;
