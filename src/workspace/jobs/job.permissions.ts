import { permission } from '#kernel/plugin/permission.js';

/** What can be allowed around the records of jobs. */
export const JOB_PERMISSIONS = {
  read: permission('jobs:read', 'admin'),
  retry: permission('jobs:retry', 'admin', { risk: 'high' }),
} as const;
