import { permission } from '#kernel/plugin/permission.js';

/** Taking away everything the tenant has. */
export const EXPORT_PERMISSION = permission('exports:manage', 'owner', { risk: 'high' });
