import type Stripe from 'stripe';
import { z } from 'zod';
import { subscriptionOf } from '../billing.js';
import { costOf } from '../changing.js';
import { Created, Expand, Flag, Int, isWithin, Paging, parsed } from '../form.js';
import type { Ledger } from '../ledger.js';
import { newInvoice } from '../objects/invoice.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page } from './list.js';
import type { Api, Route } from './route.js';
import { itemChanges, requireSubscription } from './subscriptions.js';

const Preview = z.strictObject({
  customer: z.string().optional(),
  subscription: z.string(),
  subscription_details: z
    .strictObject({
      items: z.array(z.strictObject({ id: z.string().optional(), price: z.string().optional(), quantity: Int.optional() })).optional(),
      proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).default('create_prorations'),
      proration_date: Int.optional(),
    })
    .optional(),
  expand: Expand,
});
const Listing = z.strictObject({
  ...Paging,
  customer: z.string().optional(),
  subscription: z.string().optional(),
  status: z.string().optional(),
  created: Created,
});

/** Invoices: made by what happens to subscriptions, read and paid here. */
export const INVOICE_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/v1/invoices',
    answer({ ledger }, form) {
      const { customer, subscription, status, created, ...paging } = parsed(Listing, form);
      const wanted = [...ledger.invoices.values()].filter(
        (each) =>
          (customer === undefined || each.customer === customer) &&
          (subscription === undefined || subscriptionOf(each) === subscription) &&
          (status === undefined || each.status === status) &&
          isWithin(created, each.created),
      );
      return page('/v1/invoices', wanted, paging);
    },
  },
  { method: 'POST', path: '/v1/invoices/create_preview', answer: (api, form) => preview(api, parsed(Preview, form)) },
  { method: 'GET', path: '/v1/invoices/:id', answer: ({ ledger }, _form, [id]) => requireInvoice(ledger, id) },
  {
    method: 'POST',
    path: '/v1/invoices/:id/pay',
    answer(api, form, [id]) {
      const { paid_out_of_band: elsewhere } = parsed(z.strictObject({ paid_out_of_band: Flag.default(false), expand: Expand }), form);
      const invoice = requireInvoice(api.ledger, id);
      if (invoice.status === 'paid') throw StripeRefusal.invalid('Invoice is already paid', undefined, 'invoice_already_paid');
      if (invoice.status !== 'open') throw StripeRefusal.invalid('This invoice cannot be paid.');
      pay(api, invoice, elsewhere);
      return invoice;
    },
  },
];

/** Charges an open invoice, or takes it for paid, and lets its subscription follow. Raises StripeRefusal when the card does not work. */
export function pay({ ledger, billing }: Api, invoice: Stripe.Invoice, elsewhere: boolean): void {
  const now = ledger.now(invoice.customer as string);
  if (elsewhere) billing.settle(invoice, now);
  else if (!billing.charge(invoice, now)) throw StripeRefusal.declined();
  const subscription = ledger.subscriptions.get(subscriptionOf(invoice));
  if (!subscription || billing.openInvoices(subscription).length > 0) return;
  if (['incomplete', 'past_due', 'unpaid', 'paused'].includes(subscription.status)) billing.standingAfter(subscription, true, now);
}

function preview(api: Api, { subscription: id, subscription_details: details }: z.infer<typeof Preview>): Stripe.Invoice {
  const { ledger, billing } = api;
  const subscription = requireSubscription(ledger, id);
  const customer = ledger.requireCustomer(subscription.customer as string);
  const now = ledger.now(customer.id);
  const at = details?.proration_date ?? now;
  const { lines } = costOf(api, subscription, itemChanges(ledger, subscription, details?.items ?? []), at);
  const isAtOnce = details?.proration_behavior === 'always_invoice';
  const prorations = details?.proration_behavior === 'none' ? [] : lines;
  return {
    ...newInvoice(now, {
      id: `upcoming_${id}`,
      customer,
      subscription,
      reason: isAtOnce ? 'subscription_update' : 'upcoming',
      lines: isAtOnce ? prorations : [...prorations, ...billing.periodLines(subscription)],
      prorationDate: at,
    }),
    status: 'draft',
  };
}

function requireInvoice(ledger: Ledger, id: string): Stripe.Invoice {
  const found = ledger.invoices.get(id);
  if (!found) throw StripeRefusal.missing('invoice', id);
  return found;
}
