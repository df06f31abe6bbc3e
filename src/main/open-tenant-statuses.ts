import type { TenantStatuses } from '#control/operators/tenants/tenant-statuses.js';
import type { Platform } from '#main/platform.js';

/** What operators do to tenants: they suspend for a cause of their own, and lift no other. */
export function openTenantStatuses({ lifecycle }: Pick<Platform, 'lifecycle'>): TenantStatuses {
  return {
    suspend: async (id, reason) => (await lifecycle.suspend(id, { cause: 'operator', reason })).tenant,
    reinstate: async (id, reason) => (await lifecycle.reinstate(id, { cause: 'operator', reason })).tenant,
    cancel: async (id, reason) => (await lifecycle.cancel(id, { reason })).tenant,
  };
}
