import type Stripe from 'stripe';
import { idOf } from '../id-of.js';
import { z } from 'zod';
import { change, type ItemChange } from '../changing.js';
import { Created, Expand, Flag, Int, isWithin, mergedMetadata, Metadata, Paging, parsed } from '../form.js';
import type { Ledger } from '../ledger.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { subscribe } from '../subscribing.js';
import { page } from './list.js';
import type { Api, Route } from './route.js';

const DAY = 86_400;
const Collection = z.enum(['charge_automatically', 'send_invoice']);
const TrialSettings = z.strictObject({
  end_behavior: z.strictObject({ missing_payment_method: z.enum(['cancel', 'create_invoice', 'pause']) }),
});
const Behavior = z.enum(['allow_incomplete', 'default_incomplete', 'error_if_incomplete']);

const NewSubscription = z.strictObject({
  customer: z.string(),
  items: z
    .array(z.strictObject({ price: z.string(), quantity: Int.default(1), metadata: Metadata }))
    .min(1)
    .max(20),
  trial_end: z.union([z.literal('now'), Int]).optional(),
  trial_period_days: Int.optional(),
  trial_settings: TrialSettings.optional(),
  collection_method: Collection.default('charge_automatically'),
  days_until_due: Int.optional(),
  payment_behavior: Behavior.default('allow_incomplete'),
  cancel_at_period_end: Flag.default(false),
  metadata: Metadata,
  expand: Expand,
});
const Change = z.strictObject({
  items: z.array(z.strictObject({ id: z.string().optional(), price: z.string().optional(), quantity: Int.optional() })).optional(),
  proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).default('create_prorations'),
  proration_date: Int.optional(),
  payment_behavior: Behavior.default('allow_incomplete'),
  cancel_at_period_end: Flag.optional(),
  trial_end: z.union([z.literal('now'), Int]).optional(),
  trial_settings: TrialSettings.optional(),
  collection_method: Collection.optional(),
  days_until_due: Int.optional(),
  metadata: Metadata,
  expand: Expand,
});
const Resumption = z.strictObject({
  billing_cycle_anchor: z.strictObject({ type: z.enum(['now', 'unchanged']) }).default({ type: 'now' }),
  payment_behavior: z.enum(['resume_on_payment_attempt', 'resume_on_payment_success']).default('resume_on_payment_attempt'),
  expand: Expand,
});
const Listing = z.strictObject({
  ...Paging,
  customer: z.string().optional(),
  price: z.string().optional(),
  status: z.string().optional(),
  created: Created,
});

/** Subscriptions from their beginning to their end. */
export const SUBSCRIPTION_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/subscriptions',
    answer(api, form) {
      const given = parsed(NewSubscription, form);
      const { ledger } = api;
      ledger.requireCustomer(given.customer);
      const now = ledger.now(given.customer);
      const days = given.trial_period_days;
      const trialEnd = days === undefined ? (given.trial_end ?? 'now') : now + days * DAY;
      if (trialEnd !== 'now') requireFuture(trialEnd, now);
      if (given.collection_method === 'send_invoice' && given.days_until_due === undefined)
        throw StripeRefusal.invalid('You must provide days_until_due with collection_method send_invoice.', 'days_until_due');
      return subscribe(
        api,
        {
          customer: given.customer,
          items: given.items.map((item, index) => ({
            price: ledger.requirePrice(item.price, `items[${index}][price]`),
            quantity: item.quantity,
          })),
          trialEnd: trialEnd === 'now' ? null : trialEnd,
          missingPaymentMethod: given.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
          collectionMethod: given.collection_method,
          daysUntilDue: given.days_until_due ?? null,
          paymentBehavior: given.payment_behavior,
          cancelAtPeriodEnd: given.cancel_at_period_end,
          metadata: mergedMetadata({}, given.metadata),
        },
        now,
      );
    },
  },
  {
    method: 'GET',
    path: '/v1/subscriptions',
    answer({ ledger }, form) {
      const { customer, price, status, created, ...paging } = parsed(Listing, form);
      if (customer !== undefined && !ledger.deletedCustomers.has(customer)) ledger.requireCustomer(customer);
      const wanted = [...ledger.subscriptions.values()].filter(
        (each) =>
          (customer === undefined || each.customer === customer) &&
          (price === undefined || each.items.data.some((item) => item.price.id === price)) &&
          (status === undefined ? each.status !== 'canceled' : status === 'all' || hasStatus(each, status)) &&
          isWithin(created, each.created),
      );
      return page('/v1/subscriptions', wanted, paging);
    },
  },
  { method: 'GET', path: '/v1/subscriptions/:id', answer: ({ ledger }, _form, [id]) => requireSubscription(ledger, id) },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id',
    answer: (api, form, [id]) => update(api, requireSubscription(api.ledger, id), parsed(Change, form)),
  },
  {
    method: 'DELETE',
    path: '/v1/subscriptions/:id',
    answer({ ledger, billing }, _form, [id]) {
      const found = requireSubscription(ledger, id);
      if (hasEnded(found)) throw StripeRefusal.missing('subscription', id);
      billing.end(found, ledger.now(found.customer as string), 'cancellation_requested');
      return found;
    },
  },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id/resume',
    answer({ ledger, billing }, form, [id]) {
      const { billing_cycle_anchor: anchor, payment_behavior: behavior } = parsed(Resumption, form);
      const found = requireSubscription(ledger, id);
      if (found.status !== 'paused') throw StripeRefusal.invalid('This subscription is not paused.');
      const now = ledger.now(found.customer as string);
      if (anchor.type === 'now') found.billing_cycle_anchor = now;
      billing.openPeriod(found, now);
      const invoice = billing.invoice(found, 'subscription_update', billing.periodLines(found), now);
      const isPaid = invoice.status === 'paid' || found.collection_method === 'send_invoice';
      if (isPaid || behavior === 'resume_on_payment_attempt') {
        found.status = isPaid ? 'active' : 'past_due';
        ledger.tell('customer.subscription.resumed', found, now);
        ledger.tell('customer.subscription.updated', found, now);
      }
      return found;
    },
  },
];

/** Raises StripeRefusal. */
export function requireSubscription(ledger: Ledger, id: string): Stripe.Subscription {
  const found = ledger.subscriptions.get(id);
  if (!found) throw StripeRefusal.missing('subscription', id);
  return found;
}

/** What a request asks of the items of a subscription. Raises StripeRefusal on an item or a price that is not there. */
export function itemChanges(
  ledger: Ledger,
  subscription: Stripe.Subscription,
  wanted: readonly { id?: string | undefined; price?: string | undefined; quantity?: number | undefined }[],
): ItemChange[] {
  return wanted.map(({ id, price, quantity }, index) => {
    const item = subscription.items.data.find((each) => each.id === id);
    if (!item) throw StripeRefusal.missingParam('subscription_item', id ?? '', `items[${index}][id]`);
    return {
      item,
      price: price === undefined ? item.price : ledger.requirePrice(price, `items[${index}][price]`),
      quantity: quantity ?? item.quantity ?? 1,
    };
  });
}

function update(api: Api, found: Stripe.Subscription, given: z.infer<typeof Change>): Stripe.Subscription {
  const { ledger } = api;
  const now = ledger.now(found.customer as string);
  if (hasEnded(found)) throw StripeRefusal.invalid('A canceled subscription can only update its cancellation_details and metadata.');
  if (found.schedule !== null && given.cancel_at_period_end !== undefined)
    throw StripeRefusal.invalid(
      `The subscription is managed by the subscription schedule \`${idOf(found.schedule)}\`, and updating any cancelation behavior directly is not allowed.`,
    );
  const changes = itemChanges(ledger, found, given.items ?? []);
  if (given.trial_end !== undefined && given.trial_end !== 'now') requireFuture(given.trial_end, now);
  const at = given.proration_date ?? now;
  if (at > now + 60 || at < (found.items.data[0]?.current_period_start ?? 0))
    throw StripeRefusal.invalid('The proration_date must be within the current period.', 'proration_date');
  change(api, found, changes, {
    proration: given.proration_behavior,
    at,
    now,
    refusesUnpaid: given.payment_behavior === 'error_if_incomplete',
  });
  if (given.trial_end !== undefined) moveTrial(api, found, given.trial_end, now);
  if (given.cancel_at_period_end !== undefined) {
    found.cancel_at_period_end = given.cancel_at_period_end;
    found.canceled_at = given.cancel_at_period_end ? now : null;
    found.cancel_at = given.cancel_at_period_end ? (found.items.data[0]?.current_period_end ?? null) : null;
  }
  if (given.trial_settings && found.trial_settings)
    found.trial_settings.end_behavior.missing_payment_method = given.trial_settings.end_behavior.missing_payment_method;
  if (given.collection_method) found.collection_method = given.collection_method;
  if (given.days_until_due !== undefined) found.days_until_due = given.days_until_due;
  found.metadata = mergedMetadata(found.metadata, given.metadata);
  ledger.tell('customer.subscription.updated', found, now);
  return found;
}

function moveTrial({ billing }: Api, found: Stripe.Subscription, to: number | 'now', now: number): void {
  if (to !== 'now') {
    found.status = 'trialing';
    found.trial_start ??= now;
    found.trial_end = to;
    found.billing_cycle_anchor = to;
    for (const item of found.items.data) item.current_period_end = to;
    return;
  }
  if (found.status !== 'trialing') return;
  found.trial_end = now;
  found.billing_cycle_anchor = now;
  billing.openPeriod(found, now);
  const invoice = billing.invoice(found, 'subscription_update', billing.periodLines(found), now);
  found.status = invoice.status === 'paid' || found.collection_method === 'send_invoice' ? 'active' : 'past_due';
}

function hasEnded({ status }: Stripe.Subscription): boolean {
  return status === 'canceled' || status === 'incomplete_expired';
}

function hasStatus(subscription: Stripe.Subscription, status: string): boolean {
  return status === 'ended' ? hasEnded(subscription) : subscription.status === status;
}

function requireFuture(time: number, now: number): void {
  if (time <= now) throw StripeRefusal.invalid('Invalid timestamp: must be an integer Unix timestamp in the future', 'trial_end');
}
