import type { Plugin } from '#kernel/plugin/plugin.js';
import { LIFECYCLE_AUDIT_ACTIONS } from '#control/lifecycle/lifecycle.audit.js';
import { EXPORT_PERMISSION } from './export/export.permissions.js';
import { ExportTenant } from './export/export-tenant.job.js';
import { SWEEP_EXPORTS_DAILY, SweepExports } from './export/sweep-exports.job.js';
import { CancelTenant } from './cancel-tenant.job.js';
import { LifecycleModule } from './lifecycle.module.js';

/** What becomes of a tenant as a whole when its people ask for it. */
export const lifecyclePlugin: Plugin = {
  name: 'lifecycle',
  entities: [],
  module: LifecycleModule,
  permissions: [EXPORT_PERMISSION],
  handlers: [CancelTenant, ExportTenant, SweepExports],
  schedules: [SWEEP_EXPORTS_DAILY],
  auditActions: LIFECYCLE_AUDIT_ACTIONS,
};
