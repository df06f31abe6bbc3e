import type { Plugin } from '#kernel/plugin/plugin.js';
import { BILLING_AUDIT } from '#control/billing/billing.audit.js';
import { BillingModule } from '#control/billing/billing.module.js';
import { BILLING_PERMISSIONS } from '#control/billing/billing.permissions.js';
import { GATHER_USAGE_HOURLY, GatherUsage } from '#control/billing/usage/gather-usage.job.js';

/** What tenants pay and use, and what follows from it. */
export const billingPlugin: Plugin = {
  name: 'billing',
  entities: [],
  module: BillingModule,
  permissions: Object.values(BILLING_PERMISSIONS),
  handlers: [GatherUsage],
  schedules: [GATHER_USAGE_HOURLY],
  auditActions: BILLING_AUDIT,
};
