import { canServe, SCHEMA_RANGE, type SchemaRange } from '#kernel/tenancy/schema-range.js';
import {
  TenantCancelledError,
  TenantMigratingError,
  TenantProvisioningError,
  TenantSuspendedError,
  TenantUnknownError,
} from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Lets an active tenant through whose tables this build can serve; raises TenantMigratingError, or the error of any other status. */
export function requireActive(tenant: Tenant | null, range: SchemaRange = SCHEMA_RANGE): Tenant {
  if (!tenant) throw new TenantUnknownError();
  switch (tenant.status) {
    case 'active':
      if (!canServe(tenant, range)) throw new TenantMigratingError();
      return tenant;
    case 'provisioning':
      throw new TenantProvisioningError();
    case 'suspended':
      throw new TenantSuspendedError();
    case 'cancelled':
      throw new TenantCancelledError();
  }
}
