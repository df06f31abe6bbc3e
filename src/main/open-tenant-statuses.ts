import type { FencedStatus } from '#control/provisioning/fenced-status.js';
import type { TenantStatuses } from '#control/operators/tenants/tenant-statuses.js';
import { openFencedStatus } from '#main/open-tenant-closer.js';

/** What operators do to tenants from this process; it takes the login that writes fences (`migratorUrl`), once somebody does it. */
export function openTenantStatuses(platform: Parameters<typeof openFencedStatus>[0]): TenantStatuses {
  const statuses: FencedStatus = openFencedStatus(platform);
  return {
    suspend: (id) => statuses.set(id, 'suspended'),
    reinstate: (id) => statuses.set(id, 'active'),
    cancel: (id) => statuses.set(id, 'cancelled'),
  };
}
