import { TenantCancelledError, TenantProvisioningError, TenantSuspendedError, TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Lets an active tenant through; raises the error of any other status. */
export function requireActive(tenant: Tenant | null): Tenant {
  if (!tenant) throw new TenantUnknownError();
  switch (tenant.status) {
    case 'active':
      return tenant;
    case 'provisioning':
      throw new TenantProvisioningError();
    case 'suspended':
      throw new TenantSuspendedError();
    case 'cancelled':
      throw new TenantCancelledError();
  }
}
