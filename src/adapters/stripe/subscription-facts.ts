import type Stripe from 'stripe';
import type { SubscriptionFacts, SubscriptionStatus } from '#control/billing/billing-facts.js';
import { BillingRefusedError } from '#control/billing/billing-provider.js';

/** The item that is the plan; what is charged by usage stands beside it. Raises BillingRefusedError when there is none. */
export function planItem(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const items = subscription.items.data;
  const found = items.find(({ price }) => price.recurring?.usage_type === 'licensed') ?? items[0];
  if (!found) throw new BillingRefusedError('subscription-empty');
  return found;
}

/** What follows after the period that runs; `schedule` has to be expanded. */
export function plannedPrice(subscription: Stripe.Subscription): { priceId: string; at: number } | null {
  const { schedule } = subscription;
  if (schedule === null || typeof schedule === 'string' || schedule.current_phase === null) return null;
  const running = schedule.current_phase.start_date;
  const current = planItem(subscription).price.id;
  for (const { start_date: at, items } of schedule.phases) {
    const price = items[0]?.price;
    const priceId = typeof price === 'object' ? price.id : price;
    if (at > running && priceId !== undefined && priceId !== current) return { priceId, at };
  }
  return null;
}

/** `priceKeyOf` names a price that is only planned. */
export async function factsOf(
  subscription: Stripe.Subscription,
  priceKeyOf: (priceId: string) => Promise<string | null>,
): Promise<SubscriptionFacts> {
  const item = planItem(subscription);
  const planned = plannedPrice(subscription);
  const { price, quantity = 1 } = item;
  return {
    id: subscription.id,
    customerId: idOf(subscription.customer),
    tenantIdInMetadata: subscription.metadata['tenant_id'] ?? null,
    status: subscription.status as SubscriptionStatus,
    priceKey: price.lookup_key,
    priceId: price.id,
    quantity,
    periodStart: dateOf(item.current_period_start),
    periodEnd: dateOf(item.current_period_end),
    trialEnd: subscription.trial_end === null ? null : dateOf(subscription.trial_end),
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    scheduled: planned && { priceKey: await priceKeyOf(planned.priceId), at: dateOf(planned.at) },
    amount: (price.unit_amount ?? 0) * quantity,
    currency: price.currency,
    interval: (price.recurring?.interval ?? 'month') as SubscriptionFacts['interval'],
    intervalCount: price.recurring?.interval_count ?? 1,
    createdAt: dateOf(subscription.created),
  };
}

/** Stripe counts seconds. */
export function dateOf(seconds: number): Date {
  return new Date(seconds * 1_000);
}

/** Stripe counts whole seconds. */
export function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}

/** The id of what may be there in full. */
export function idOf(reference: string | { readonly id: string }): string {
  return typeof reference === 'string' ? reference : reference.id;
}
