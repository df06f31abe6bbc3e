import type Stripe from 'stripe';
import type { Line } from './objects/invoice.js';
import type { Api } from './routes/route.js';
import { StripeRefusal } from './stripe-refusal.js';

/** Another price or quantity for one item. */
export interface ItemChange {
  readonly item: Stripe.SubscriptionItem;
  readonly price: Stripe.Price;
  readonly quantity: number;
}

/** What a change costs, before it is made. */
export interface Cost {
  readonly lines: readonly Line[];
  /** Whether a new period begins with the change, as it does with another interval. */
  readonly restarts: boolean;
}

/** What changing these items at `at` would cost. */
export function costOf({ billing }: Api, subscription: Stripe.Subscription, changes: readonly ItemChange[], at: number): Cost {
  if (subscription.status !== 'active' && subscription.status !== 'past_due') return { lines: [], restarts: false };
  const restarts = changes.some(({ item, price }) => periodOf(item.price) !== periodOf(price));
  const lines = changes
    .filter(({ item, price, quantity }) => item.price.id !== price.id || (item.quantity ?? 1) !== quantity)
    .flatMap(({ item, price, quantity }) => {
      const [unused, remaining] = billing.prorations(item, { price, quantity }, at);
      const asked = restarts ? billing.fullPeriod(item, price, quantity, at) : remaining;
      return [unused, asked].filter((line): line is Line => line !== undefined);
    });
  return { lines, restarts };
}

/** Makes the changes and asks for what they cost: at once, with the next invoice, or not at all. Raises StripeRefusal, changing nothing, when the charge fails and that may not be. */
export function change(
  api: Api,
  subscription: Stripe.Subscription,
  changes: readonly ItemChange[],
  how: { proration: 'create_prorations' | 'always_invoice' | 'none'; at: number; now: number; refusesUnpaid: boolean },
): void {
  const { billing, ledger } = api;
  const { lines, restarts } = costOf(api, subscription, changes, how.at);
  const asksNow = lines.length > 0 && (restarts || how.proration === 'always_invoice');
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const isCharged = subscription.collection_method === 'charge_automatically';
  if (asksNow && total > 0 && isCharged && how.refusesUnpaid && !ledger.cards.get(subscription.customer as string)?.works)
    throw StripeRefusal.declined();
  for (const { item, price, quantity } of changes) billing.reprice(item, price, quantity);
  if (restarts) {
    subscription.billing_cycle_anchor = how.now;
    billing.openPeriod(subscription, how.now);
  }
  if (lines.length === 0 || (how.proration === 'none' && !restarts)) return;
  if (!asksNow) {
    billing.postpone(subscription, lines);
    return;
  }
  const invoice = billing.invoice(subscription, 'subscription_update', lines, how.now);
  if (invoice.status !== 'paid' && isCharged) subscription.status = 'past_due';
}

function periodOf(price: Stripe.Price): string {
  return `${price.recurring?.interval_count ?? 1} ${price.recurring?.interval ?? ''}`;
}
