import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What an operator does to a tenant as a whole. Each may be repeated, and raises what changing a status raises. */
export interface TenantStatuses {
  suspend(id: string, reason: string): Promise<Tenant>;
  reinstate(id: string, reason: string): Promise<Tenant>;
  cancel(id: string, reason: string): Promise<Tenant>;
}

/** What the port is known by. */
export const TENANT_STATUSES = Symbol('TenantStatuses');
