import type { Placement, PlacementKind } from '#kernel/tenancy/placement.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

const STATUSES: ReadonlySet<unknown> = new Set<TenantStatus>(['provisioning', 'active', 'suspended', 'cancelled']);
const KINDS: ReadonlySet<unknown> = new Set<PlacementKind>(['row', 'schema', 'database']);

/** The frozen snapshot of tenant `id` that a value from outside spells, and no property more; null when it is malformed or another tenant's. */
export function readTenantSnapshot(value: unknown, id: string): Tenant | null {
  if (!isRecord(value) || value['id'] !== id || !STATUSES.has(value['status'])) return null;
  const { slug, name, plan, region } = value;
  const placement = readPlacement(value['placement']);
  if (!placement || !isText(slug) || !isText(name) || !isText(plan) || !isText(region)) return null;
  return Object.freeze({ id, slug, name, plan, status: value['status'] as TenantStatus, region, placement });
}

/** Whether two snapshots say the same of a tenant. */
export function isSameSnapshot(one: Tenant, other: Tenant): boolean {
  const { placement, ...facts } = one;
  const { placement: otherPlacement, ...otherFacts } = other;
  return hasSameValues(facts, otherFacts) && hasSameValues({ ...placement }, { ...otherPlacement });
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

function hasSameValues(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.is(one[name], other[name]));
}
