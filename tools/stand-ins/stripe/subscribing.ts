import type Stripe from 'stripe';
import { periodEnd } from './calendar.js';
import { type GivenSubscription, newItem, newSubscription } from './objects/subscription.js';
import type { Api } from './routes/route.js';
import { StripeRefusal } from './stripe-refusal.js';

export interface Subscribed extends Omit<GivenSubscription, 'currency'> {
  readonly items: readonly { readonly price: Stripe.Price; readonly quantity: number }[];
  readonly paymentBehavior: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete';
}

/** Begins a subscription: in its trial, active with a paid invoice or a bill, or incomplete. Raises StripeRefusal when nobody would pay and that may not be. */
export function subscribe({ ledger, billing }: Api, given: Subscribed, at: number): Stripe.Subscription {
  const { customer, items, trialEnd, collectionMethod, paymentBehavior } = given;
  const owes = trialEnd === null && items.some(({ price }) => (price.unit_amount ?? 0) > 0 && price.recurring?.usage_type === 'licensed');
  const card = ledger.cards.get(customer);
  const isCharged = collectionMethod === 'charge_automatically';
  if (owes && isCharged && paymentBehavior !== 'default_incomplete') {
    if (!card)
      throw StripeRefusal.invalid(
        'This customer has no attached payment source or default payment method.',
        'customer',
        'resource_missing',
      );
    if (!card.works && paymentBehavior === 'error_if_incomplete') throw StripeRefusal.declined();
  }
  const subscription = newSubscription(at, { ...given, currency: items[0]?.price.currency ?? 'eur' });
  for (const { price, quantity } of items) {
    const { interval = 'month', interval_count: count = 1 } = price.recurring ?? {};
    const end = trialEnd ?? periodEnd(at, interval as 'month', count, at);
    subscription.items.data.push(newItem(subscription.id, price, { start: at, end, created: at }, quantity));
  }
  ledger.subscriptions.set(subscription.id, subscription);
  subscription.status = trialEnd !== null ? 'trialing' : 'active';
  const isWaiting = owes && isCharged && (paymentBehavior === 'default_incomplete' || !card?.works);
  if (isWaiting) subscription.status = 'incomplete';
  ledger.tell('customer.subscription.created', subscription, at);
  if (trialEnd === null && !(isWaiting && paymentBehavior === 'default_incomplete'))
    billing.invoice(subscription, 'subscription_create', billing.periodLines(subscription), at);
  return subscription;
}
