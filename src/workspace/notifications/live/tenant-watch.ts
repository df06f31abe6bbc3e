import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a process that holds streams is told of their tenants. */
export abstract class TenantWatch {
  /** Calls with the tenant whose status, members, sessions or rights changed, with null when changes may have been missed; within a second, but not surely. */
  abstract listen(listener: (tenantId: string | null) => void): void;
  /** As it is now; null when there is none. Raises when that cannot be found out. */
  abstract tenant(id: string): Promise<Tenant | null>;
}
