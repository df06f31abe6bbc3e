import type { Plugin } from '#kernel/plugin/plugin.js';
import { CancelTenant } from './cancel-tenant.job.js';
import { LifecycleModule } from './lifecycle.module.js';

/** What becomes of a tenant as a whole when its people ask for it. */
export const lifecyclePlugin: Plugin = {
  name: 'lifecycle',
  entities: [],
  module: LifecycleModule,
  permissions: [],
  handlers: [CancelTenant],
};
