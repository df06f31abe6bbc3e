import type { Placement } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** A tenant's frozen snapshot, with no property more than a snapshot has, whatever the records hold beside. */
export function frozenTenant(facts: Omit<Tenant, 'placement'>, placed: Placement): Tenant {
  const { id, slug, name, plan, status, access, region, billedFrom, billedUntil, homeVersion, homeNeeds } = facts;
  const overrides = Object.freeze(facts.overrides.map(({ key, value, until }) => Object.freeze({ key, value, until })));
  const { kind, region: placedIn, cluster, database, schema, secret, epoch } = placed;
  const placement = Object.freeze({ kind, region: placedIn, cluster, database, schema, secret, epoch });
  return Object.freeze({
    id,
    slug,
    name,
    plan,
    status,
    access,
    region,
    placement,
    overrides,
    billedFrom,
    billedUntil,
    homeVersion,
    homeNeeds,
  });
}
