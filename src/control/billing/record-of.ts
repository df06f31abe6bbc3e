import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import { owingSince } from '#control/billing/billing-standing.js';
import type { SubscriptionFacts } from '#control/billing/billing-facts.js';
import { planOfPrice } from '#control/billing/plan-of-price.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';

/**
 * What is to be kept when the provider has `found` (null: nothing any more) and `before` was kept; null when there is nothing to keep. A
 * customer whose subscriptions are gone without a trace is one whose subscription is over; of one that is not there nobody should ask.
 */
export function recordOf(
  found: SubscriptionFacts | null,
  before: SubscriptionRecord | null,
  { tenantId, plans, now }: { readonly tenantId: string; readonly plans: PlanCatalogue; readonly now: Date },
): SubscriptionRecord | null {
  if (!found) return before && { ...before, status: 'canceled', scheduled: null, fetchedAt: now };
  const { id, status, priceKey, priceId, quantity, amount, currency, interval, intervalCount, scheduled } = found;
  const { periodStart, periodEnd, trialEnd, cancelAtPeriodEnd } = found;
  return {
    ...{ tenantId, subscriptionId: id, status, plan: planOfPrice(plans, priceKey), priceId, quantity },
    ...{ amount, currency, interval, intervalCount, periodStart, periodEnd, trialEnd, cancelAtPeriodEnd },
    scheduled: scheduled && { plan: planOfPrice(plans, scheduled.priceKey), at: scheduled.at.toISOString() },
    ...owingSince(status, before, now),
    ...{ applied: before?.applied ?? null, told: before?.told ?? null, fetchedAt: now, version: before?.version ?? 0 },
  };
}
