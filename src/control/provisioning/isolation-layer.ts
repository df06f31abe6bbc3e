import type { Tenant } from '#kernel/tenancy/tenant.js';

/**
 * Makes and unmakes the place where a tenant's rows live. Every method may be repeated, also after a crash half way; `undo` succeeds
 * when there is nothing left and leaves nothing of the tenant behind.
 */
export interface IsolationLayer {
  /** Raises IsolationNotVerifiedError when the finished place does not answer as this tenant's. */
  prepare(tenant: Tenant): Promise<void>;
  undo(tenant: Tenant): Promise<void>;
  /** Makes the fence agree with the tenant's epoch and status: open for an active tenant, closed for any other. */
  fence(tenant: Tenant): Promise<void>;
}
