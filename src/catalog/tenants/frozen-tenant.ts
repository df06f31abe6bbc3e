import type { Placement } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** A tenant's frozen snapshot, with no property more than a snapshot has, whatever the records hold beside. */
export function frozenTenant(facts: Omit<Tenant, 'placement'>, placed: Placement): Tenant {
  const { id, slug, name, plan, status, region } = facts;
  const { kind, region: placedIn, cluster, database, schema, secret, epoch } = placed;
  const placement = Object.freeze({ kind, region: placedIn, cluster, database, schema, secret, epoch });
  return Object.freeze({ id, slug, name, plan, status, region, placement });
}
