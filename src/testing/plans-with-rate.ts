import type { Rate } from '#kernel/limits/rate-limiter.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/** The same plans with one rate for every route class: a million a minute, or the one given. Requests are counted all the same. */
export function plansWithRate({ terms }: PlanCatalogue, rate: Rate = { limit: 1_000_000, windowSeconds: 60 }): PlanCatalogue {
  const rates = { read: rate, write: rate, auth: rate };
  return new PlanCatalogue(new Map([...terms].map(([plan, bought]) => [plan, { ...bought, rates }])));
}
