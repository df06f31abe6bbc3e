import type { MeterTerms, PlanTerms } from '#kernel/tenancy/plan-terms.js';

/** One thing agreed with a tenant beside its plan: `feature.<name>` true or false, `limit.<name>` or `meter.<name>` a number; over at `until` (RFC 3339), never when null. */
export interface EntitlementOverride {
  readonly key: string;
  readonly value: boolean | number;
  readonly until: string | null;
}

/** What a tenant may have at an instant: the terms of its plan with what was agreed beside them. */
export type Entitlements = PlanTerms;

/** Puts the overrides in force at `at` over the terms of a plan; what the plan does not know by name is passed over, except a feature. */
export function entitled(terms: PlanTerms, overrides: readonly EntitlementOverride[], at: Date): Entitlements {
  const inForce = overrides.filter(({ until }) => until === null || at.getTime() < Date.parse(until));
  if (inForce.length === 0) return terms;
  const features = new Set(terms.features);
  const limits: Record<string, number> = { ...terms.limits };
  const meters: Record<string, MeterTerms> = { ...terms.meters };
  for (const { key, value } of inForce) {
    const [area, name = ''] = key.split('.', 2);
    if (area === 'feature' && value === true) features.add(name);
    if (area === 'feature' && value === false) features.delete(name);
    if (area === 'limit' && typeof value === 'number' && name in limits) limits[name] = value;
    const meter = meters[name];
    if (area === 'meter' && typeof value === 'number' && meter) meters[name] = { ...meter, included: value };
  }
  return { ...terms, features, limits: limits as unknown as PlanTerms['limits'], meters };
}
