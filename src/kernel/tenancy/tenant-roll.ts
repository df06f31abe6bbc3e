import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Every tenant that may work now; for what the platform does for all of them. */
export interface TenantRoll {
  active(): Promise<readonly Tenant[]>;
  /** The ids of those among them that have a database of their own, always in the same order. */
  activeApart(): Promise<readonly string[]>;
}
