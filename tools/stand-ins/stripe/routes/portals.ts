import type Stripe from 'stripe';
import { z } from 'zod';
import { change } from '../changing.js';
import { Expand, Int, parsed } from '../form.js';
import { newPortalSession } from '../objects/sessions.js';
import { StripeRefusal } from '../stripe-refusal.js';
import type { Api, Route } from './route.js';
import { pay } from './invoices.js';
import { itemChanges, requireSubscription } from './subscriptions.js';

const Items = z.array(z.strictObject({ id: z.string(), price: z.string().optional(), quantity: Int.optional() })).length(1);
const Flow = z.strictObject({
  type: z.enum(['payment_method_update', 'subscription_update_confirm', 'subscription_cancel', 'subscription_update']),
  subscription_update_confirm: z.strictObject({ subscription: z.string(), items: Items }).optional(),
  subscription_cancel: z.strictObject({ subscription: z.string() }).optional(),
  subscription_update: z.strictObject({ subscription: z.string() }).optional(),
  after_completion: z
    .strictObject({ type: z.enum(['portal_homepage', 'redirect']), redirect: z.strictObject({ return_url: z.url() }).optional() })
    .optional(),
});
const NewPortal = z.strictObject({ customer: z.string(), return_url: z.url().optional(), flow_data: Flow.optional(), expand: Expand });

/** Pages on which a customer looks after what it pays. */
export const PORTAL_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/billing_portal/sessions',
    answer({ ledger, pages }, form) {
      const { customer, return_url: returnUrl, flow_data: flow } = parsed(NewPortal, form);
      ledger.requireCustomer(customer);
      const confirm = flow?.subscription_update_confirm;
      if (flow?.type === 'subscription_update_confirm') {
        if (!confirm) throw StripeRefusal.invalid('Missing required param: flow_data[subscription_update_confirm].');
        const subscription = requireSubscription(ledger, confirm.subscription);
        if (subscription.schedule !== null)
          throw StripeRefusal.invalid('This subscription cannot be updated because it is managed by a schedule.');
        const [wanted] = itemChanges(ledger, subscription, confirm.items);
        if (wanted && wanted.price.id === wanted.item.price.id && wanted.quantity === (wanted.item.quantity ?? 1))
          throw StripeRefusal.invalid('The subscription update to confirm changes nothing.');
      }
      const session = newPortalSession(ledger.now(customer), {
        customer,
        returnUrl: returnUrl ?? null,
        flow: flow ? flowOf(flow) : null,
        pages,
      });
      ledger.portals.set(session.id, session);
      return session;
    },
  },
];

/** Plays the customer who gives a card that works there and agrees to what the page is for. Raises StripeRefusal. */
export function completePortal(api: Api, id: string): Stripe.BillingPortal.Session {
  const { ledger, billing } = api;
  const session = ledger.portals.get(id);
  if (!session) throw StripeRefusal.missing('billing_portal.session', id);
  const customer = ledger.requireCustomer(session.customer);
  const now = ledger.now(customer.id);
  ledger.cards.set(customer.id, { works: true });
  ledger.tell('customer.updated', customer, now);
  const confirm = session.flow?.subscription_update_confirm;
  if (confirm) {
    const subscription = requireSubscription(ledger, confirm.subscription);
    const wanted = confirm.items.map((item) => ({ id: item.id ?? undefined, price: item.price ?? undefined, quantity: item.quantity }));
    change(api, subscription, itemChanges(ledger, subscription, wanted), {
      proration: 'always_invoice',
      at: now,
      now,
      refusesUnpaid: false,
    });
    ledger.tell('customer.subscription.updated', subscription, now);
  }
  for (const subscription of ledger.subscriptions.values())
    if (subscription.customer === customer.id) for (const invoice of billing.openInvoices(subscription)) pay(api, invoice, false);
  return session;
}

function flowOf(flow: z.infer<typeof Flow>): Stripe.BillingPortal.Session.Flow {
  const { subscription_update_confirm: confirm, subscription_cancel: cancel, subscription_update: update, after_completion: after } = flow;
  return {
    after_completion: { hosted_confirmation: null, redirect: after?.redirect ?? null, type: after?.type ?? 'portal_homepage' },
    customer_update: null,
    subscription_cancel: cancel ? { retention: null, subscription: cancel.subscription } : null,
    subscription_pause: null,
    subscription_update: update ?? null,
    subscription_update_confirm: confirm
      ? {
          discounts: null,
          items: confirm.items.map(({ id, price, quantity }) => ({ id, price: price ?? null, quantity: quantity ?? 1 })),
          subscription: confirm.subscription,
        }
      : null,
    type: flow.type,
  };
}
