import { permission } from '#kernel/plugin/permission.js';

/** What concerns being told; everybody has their own notifications and nobody else's. */
export const NOTIFICATION_PERMISSIONS = {
  use: permission('notifications:use', 'viewer'),
  setDefaults: permission('notifications:set-defaults', 'admin'),
} as const;
