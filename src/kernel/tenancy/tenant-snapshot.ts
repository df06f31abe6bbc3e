import { type Placement, type PlacementKind, PLACEMENT_KINDS } from '#kernel/tenancy/placement.js';
import type { EntitlementOverride } from '#kernel/tenancy/entitlements.js';
import type { Tenant, TenantAccess, TenantStatus } from '#kernel/tenancy/tenant.js';

const STATUSES: ReadonlySet<unknown> = new Set<TenantStatus>(['provisioning', 'active', 'suspended', 'cancelled']);
const ACCESS: ReadonlySet<unknown> = new Set<TenantAccess>(['full', 'read-only']);
const KINDS: ReadonlySet<unknown> = new Set(PLACEMENT_KINDS);

/** The frozen snapshot of tenant `id` that a value from outside spells, and no property more; null when it is malformed or another tenant's. */
export function readTenantSnapshot(value: unknown, id: string): Tenant | null {
  if (!isRecord(value) || value['id'] !== id || !STATUSES.has(value['status'])) return null;
  const { slug, name, plan, region } = value;
  const placement = readPlacement(value['placement']);
  const overrides = readOverrides(value['overrides']);
  const [billedFrom, billedUntil] = [readTime(value['billedFrom']), readTime(value['billedUntil'])];
  if (!placement || !overrides || !isText(slug) || !isText(name) || !isText(plan) || !isText(region) || !ACCESS.has(value['access']))
    return null;
  const [homeVersion, homeNeeds] = [value['homeVersion'], value['homeNeeds']];
  if (billedFrom === undefined || billedUntil === undefined || !isTextOrNull(homeVersion) || !isTextOrNull(homeNeeds)) return null;
  const status = value['status'] as TenantStatus;
  const access = value['access'] as TenantAccess;
  const home = { homeVersion, homeNeeds };
  return Object.freeze({ id, slug, name, plan, status, access, region, placement, overrides, billedFrom, billedUntil, ...home });
}

/** Whether two snapshots say the same of a tenant. */
export function isSameSnapshot(one: Tenant, other: Tenant): boolean {
  const { placement, overrides, ...facts } = one;
  const { placement: otherPlacement, overrides: otherOverrides, ...otherFacts } = other;
  return (
    hasSameValues(facts, otherFacts) &&
    hasSameValues({ ...placement }, { ...otherPlacement }) &&
    overrides.length === otherOverrides.length &&
    overrides.every((override, at) => hasSameValues({ ...override }, { ...otherOverrides[at] }))
  );
}

/** In the order of their keys, as the directory reads them. */
function readOverrides(value: unknown): readonly EntitlementOverride[] | null {
  if (!Array.isArray(value)) return null;
  const read = value.map((item: unknown) => {
    if (!isRecord(item)) return null;
    const { key, value: agreed, until } = item;
    const isAgreed = typeof agreed === 'boolean' || (typeof agreed === 'number' && Number.isFinite(agreed));
    if (!isText(key) || !isAgreed || !(until === null || (isText(until) && !Number.isNaN(Date.parse(until))))) return null;
    return Object.freeze({ key, value: agreed, until });
  });
  return read.includes(null) ? null : Object.freeze(read as EntitlementOverride[]);
}

/** Undefined for what is neither a time nor null. */
function readTime(value: unknown): string | null | undefined {
  if (value === null) return null;
  return isText(value) && !Number.isNaN(Date.parse(value)) ? value : undefined;
}

function readPlacement(value: unknown): Placement | null {
  if (!isRecord(value) || !KINDS.has(value['kind']) || !Number.isSafeInteger(value['epoch'])) return null;
  const { region, cluster, database, schema, secret } = value;
  if (!isText(region) || !isText(cluster) || !isText(database) || !isText(schema) || !(secret === null || isText(secret))) return null;
  return Object.freeze({
    kind: value['kind'] as PlacementKind,
    ...{ region, cluster, database, schema, secret },
    epoch: value['epoch'] as number,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}

function hasSameValues(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}
