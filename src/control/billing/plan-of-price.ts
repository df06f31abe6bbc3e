import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/** The plan that is sold under that lookup key, or null. */
export function planOfPrice(plans: PlanCatalogue, priceKey: string | null): string | null {
  if (priceKey === null) return null;
  return [...plans.terms].find(([, { price }]) => price?.key === priceKey)?.[0] ?? null;
}
