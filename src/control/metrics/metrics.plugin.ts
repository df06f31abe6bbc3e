import type { Plugin } from '#kernel/plugin/plugin.js';
import { COUNT_TENANTS_HOURLY, CountTenant } from './count-tenant.job.js';
import { MetricsModule } from './metrics.module.js';

/** What the platform knows of how much there is of everything. */
export const metricsPlugin: Plugin = {
  name: 'metrics',
  entities: [],
  module: MetricsModule,
  permissions: [],
  handlers: [CountTenant],
  schedules: [COUNT_TENANTS_HOURLY],
};
