import type { Plugin } from '#kernel/plugin/plugin.js';
import { LIFECYCLE_AUDIT_ACTIONS } from '#control/lifecycle/lifecycle.audit.js';
import { CancelTenant } from './cancel-tenant.job.js';
import { LifecycleModule } from './lifecycle.module.js';

/** What becomes of a tenant as a whole when its people ask for it. */
export const lifecyclePlugin: Plugin = {
  name: 'lifecycle',
  entities: [],
  module: LifecycleModule,
  permissions: [],
  handlers: [CancelTenant],
  auditActions: LIFECYCLE_AUDIT_ACTIONS,
};
