import type Stripe from 'stripe';
import { z } from 'zod';
import { Created, Expand, Int, isWithin, mergedMetadata, Metadata, Paging, parsed } from '../form.js';
import type { Ledger } from '../ledger.js';
import { newCheckoutSession } from '../objects/sessions.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { subscribe } from '../subscribing.js';
import { page } from './list.js';
import type { Api, Route } from './route.js';

const NewCheckout = z.strictObject({
  mode: z.literal('subscription'),
  customer: z.string(),
  line_items: z.array(z.strictObject({ price: z.string(), quantity: Int.default(1) })).length(1),
  success_url: z.url(),
  cancel_url: z.url().optional(),
  client_reference_id: z.string().max(200).optional(),
  expires_at: Int.optional(),
  metadata: Metadata,
  subscription_data: z.strictObject({ metadata: Metadata, trial_end: Int.optional() }).optional(),
  expand: Expand,
});
const Listing = z.strictObject({
  ...Paging,
  customer: z.string().optional(),
  subscription: z.string().optional(),
  status: z.enum(['open', 'complete', 'expired']).optional(),
  created: Created,
});
const LIFETIME = 86_400;

/** Pages on which a customer subscribes. */
export const CHECKOUT_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/checkout/sessions',
    answer({ ledger, pages }, form) {
      const given = parsed(NewCheckout, form);
      ledger.requireCustomer(given.customer);
      const [line] = given.line_items;
      const price = ledger.requirePrice(line?.price ?? '', 'line_items[0][price]');
      const quantity = line?.quantity ?? 1;
      const now = ledger.now(given.customer);
      const session = newCheckoutSession(now, {
        customer: given.customer,
        currency: price.currency,
        amount: (price.unit_amount ?? 0) * quantity,
        successUrl: given.success_url,
        cancelUrl: given.cancel_url ?? null,
        expiresAt: given.expires_at ?? now + LIFETIME,
        metadata: mergedMetadata({}, given.metadata),
        clientReferenceId: given.client_reference_id ?? null,
        pages,
      });
      const { metadata, trial_end: trialEnd = null } = given.subscription_data ?? {};
      ledger.checkouts.set(session.id, session);
      ledger.wishes.set(session.id, { price: price.id, quantity, trialEnd, metadata: mergedMetadata({}, metadata) });
      return session;
    },
  },
  {
    method: 'GET',
    path: '/v1/checkout/sessions',
    answer({ ledger }, form) {
      const { customer, subscription, status, created, ...paging } = parsed(Listing, form);
      const wanted = [...ledger.checkouts.values()].filter(
        (each) =>
          (customer === undefined || each.customer === customer) &&
          (subscription === undefined || each.subscription === subscription) &&
          (status === undefined || each.status === status) &&
          isWithin(created, each.created),
      );
      return page('/v1/checkout/sessions', wanted, paging);
    },
  },
  { method: 'GET', path: '/v1/checkout/sessions/:id', answer: ({ ledger }, _form, [id]) => requireCheckout(ledger, id) },
  {
    method: 'POST',
    path: '/v1/checkout/sessions/:id/expire',
    answer({ ledger }, _form, [id]) {
      const session = requireCheckout(ledger, id);
      requireOpen(session);
      session.status = 'expired';
      session.url = null;
      ledger.tell('checkout.session.expired', session, ledger.now(session.customer as string));
      return session;
    },
  },
];

/** Plays the customer who pays with a card that works. Raises StripeRefusal when the page is not open any more. */
export function completeCheckout(api: Api, id: string): Stripe.Checkout.Session {
  const { ledger } = api;
  const session = requireCheckout(ledger, id);
  requireOpen(session);
  const wish = ledger.wishes.get(id);
  const customer = session.customer as string;
  ledger.requireCustomer(customer);
  const now = ledger.now(customer);
  ledger.cards.set(customer, { works: true });
  const subscription = subscribe(
    api,
    {
      customer,
      items: [{ price: ledger.requirePrice(wish?.price ?? '', 'price'), quantity: wish?.quantity ?? 1 }],
      trialEnd: wish?.trialEnd ?? null,
      missingPaymentMethod: 'create_invoice',
      collectionMethod: 'charge_automatically',
      daysUntilDue: null,
      paymentBehavior: 'allow_incomplete',
      cancelAtPeriodEnd: false,
      metadata: wish?.metadata ?? {},
    },
    now,
  );
  Object.assign(session, {
    status: 'complete',
    payment_status: 'paid',
    subscription: subscription.id,
    invoice: subscription.latest_invoice,
    url: null,
  });
  ledger.wishes.delete(id);
  ledger.tell('checkout.session.completed', session, now);
  return session;
}

function requireCheckout(ledger: Ledger, id: string): Stripe.Checkout.Session {
  const found = ledger.checkouts.get(id);
  if (!found) throw StripeRefusal.missing('checkout.session', id);
  return found;
}

function requireOpen(session: Stripe.Checkout.Session): void {
  if (session.status !== 'open')
    throw StripeRefusal.invalid(
      `Only Checkout Sessions with a status in ["open"] can be used so. This Session has a status of ${String(session.status)}.`,
    );
}
