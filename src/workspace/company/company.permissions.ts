import { permission } from '#kernel/plugin/permission.js';

/** What may be done with the card of one's company. */
export const COMPANY_PERMISSIONS = {
  read: permission('company:read', 'viewer'),
  change: permission('company:change', 'admin'),
  cancel: permission('company:cancel', 'owner', { risk: 'high', stepUp: true }),
} as const;
