import { frozenTenant } from '#catalog/tenants/frozen-tenant.js';
import type { EntitlementOverride } from '#kernel/tenancy/entitlements.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { Tenant, TenantAccess, TenantStatus } from '#kernel/tenancy/tenant.js';

/** A tenant with its place and what was agreed with it, as one query reads them. */
export interface TenantRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly plan: string;
  readonly status: TenantStatus;
  readonly access: TenantAccess;
  readonly region: string;
  /** JSON. */
  readonly overrides: string;
  readonly billed_from: string | null;
  readonly billed_until: string | null;
  readonly kind: PlacementKind;
  readonly placed_in: string;
  readonly cluster: string;
  readonly database: string;
  readonly schema: string;
  readonly secret: string | null;
  readonly epoch: string;
  readonly home_version: string | null;
  readonly home_needs: string | null;
}

/** Reads TenantRows; `t` is the tenant and `p` its placement, for a `where` to follow. */
export const SELECT_TENANTS = `select t.id, t.slug, t.name, t.plan, t.status, t.access, t.region, t.billed_from::text, t.billed_until::text,
    p.kind, p.region as placed_in, p.cluster, p.database, p.schema, p.secret, p.epoch, v.version as home_version, v.needs as home_needs,
    coalesce((select json_agg(json_build_object('key', o.key, 'value', o.value, 'until', o.until) order by o.key)
      from entitlement_override o where o.tenant_id = t.id), '[]')::text as overrides
  from tenant t join placement p on p.tenant_id = t.id
  left join home_version v on (v.cluster, v.database, v.home) = (p.cluster, p.database, p.schema)`;

export function tenantOf({ overrides, ...row }: TenantRow): Tenant {
  const agreed = JSON.parse(overrides) as EntitlementOverride[];
  const billed = { billedFrom: isoOf(row.billed_from), billedUntil: isoOf(row.billed_until) };
  const home = { homeVersion: row.home_version, homeNeeds: row.home_needs };
  return frozenTenant({ ...row, ...billed, ...home, overrides: agreed }, { ...row, region: row.placed_in, epoch: Number(row.epoch) });
}

function isoOf(text: string | null): string | null {
  return text === null ? null : new Date(text).toISOString();
}
