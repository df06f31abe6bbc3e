import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { UnrecoverableWorkError, type WorkTry } from '#control/work/work-kind.js';
import { TenantUnknownError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** The tenant that a work makes, as it is now. Raises UnrecoverableWorkError when it is gone. */
export async function onboardedTenant(tenants: TenantRegistry, work: WorkTry): Promise<Tenant> {
  const found = await tenantToUndo(tenants, work, () => true);
  if (!found) throw new UnrecoverableWorkError('the tenant is gone', { code: 'onboarding.tenant-gone' });
  return found;
}

/** The tenant that a work takes back; null when it is gone already. Raises UnrecoverableWorkError for one that is in use: no work takes that away. */
export async function tenantToUndo(
  tenants: TenantRegistry,
  { tenantId }: WorkTry,
  may: (tenant: Tenant) => boolean = ({ status }) => status === 'provisioning',
): Promise<Tenant | null> {
  const found = await tenants.get(tenantId ?? '').catch((error: unknown) => {
    if (error instanceof TenantUnknownError) return null;
    throw error;
  });
  if (found && !may(found)) throw new UnrecoverableWorkError(`the tenant is ${found.status}`, { code: 'onboarding.tenant-in-use' });
  return found;
}
