import type Stripe from 'stripe';
import { idOf } from './id-of.js';
import { DAY, later, periodEnd } from './calendar.js';
import type { Ledger } from './ledger.js';
import { type Line, newInvoice } from './objects/invoice.js';
import { planOf } from './objects/price.js';

type Subscription = Stripe.Subscription;

/** What becomes of a subscription whose invoice could not be charged to the last: Stripe's dashboard has the same three. */
export type AfterDunning = 'cancel' | 'unpaid' | 'past_due';

/** Days after the first failed charge at which it is tried again; after the last it is given up. */
const RETRIES = [3, 8, 15, 21];

/** How money is asked for: invoices, charges, prorations, and the states that follow from them. */
export class Billing {
  afterDunning: AfterDunning = 'cancel';
  /** By subscription; a search through all invoices would be asked for every second. */
  private readonly open = new Map<string, Set<Stripe.Invoice>>();

  constructor(private readonly ledger: Ledger) {
    for (const invoice of ledger.invoices.values()) if (invoice.status === 'open') this.openOf(subscriptionOf(invoice)).add(invoice);
  }

  hasCard(customer: string): boolean {
    return this.ledger.cards.has(customer);
  }

  /** Writes the invoice for what has begun and asks for its money; an invoice over nothing is paid at once. */
  invoice(subscription: Subscription, reason: Stripe.Invoice.BillingReason, lines: readonly Line[], at: number): Stripe.Invoice {
    const customer = this.ledger.requireCustomer(subscription.customer as string);
    const pending = this.takePending(subscription);
    const invoice = newInvoice(at, { customer, subscription, reason, lines: [...pending, ...lines] });
    this.ledger.invoices.set(invoice.id, invoice);
    subscription.latest_invoice = invoice.id;
    this.ledger.tell('invoice.created', invoice, at);
    invoice.status = 'open';
    this.openOf(subscription.id).add(invoice);
    invoice.effective_at = at;
    invoice.status_transitions.finalized_at = at;
    invoice.number = `${customer.invoice_prefix ?? ''}-${String(customer.next_invoice_sequence ?? 1).padStart(4, '0')}`;
    customer.next_invoice_sequence = (customer.next_invoice_sequence ?? 1) + 1;
    const ending = Math.min(0, customer.balance + invoice.total);
    invoice.ending_balance = ending;
    customer.balance = ending;
    this.ledger.tell('invoice.finalized', invoice, at);
    if (invoice.amount_due === 0) this.settle(invoice, at);
    else if (subscription.collection_method === 'charge_automatically') this.charge(invoice, at);
    return invoice;
  }

  /** Tries the customer's card; says whether it was paid. */
  charge(invoice: Stripe.Invoice, at: number): boolean {
    invoice.attempted = true;
    invoice.attempt_count += 1;
    if (this.ledger.cards.get(invoice.customer as string)?.works === true) {
      this.settle(invoice, at);
      return true;
    }
    const first = invoice.status_transitions.finalized_at ?? at;
    const next = RETRIES.map((days) => first + days * DAY).find((time) => time > at);
    invoice.next_payment_attempt = next ?? null;
    this.ledger.tell('invoice.payment_failed', invoice, at);
    return false;
  }

  /** The money is there. */
  settle(invoice: Stripe.Invoice, at: number): void {
    invoice.status = 'paid';
    this.openOf(subscriptionOf(invoice)).delete(invoice);
    invoice.amount_paid = invoice.amount_due;
    invoice.amount_remaining = 0;
    invoice.next_payment_attempt = null;
    invoice.status_transitions.paid_at = at;
    this.ledger.tell('invoice.paid', invoice, at);
    this.ledger.tell('invoice.payment_succeeded', invoice, at);
  }

  /** The lines of one whole period of everything that is charged in advance. */
  periodLines(subscription: Subscription): Line[] {
    return subscription.items.data
      .filter(({ price }) => price.recurring?.usage_type === 'licensed')
      .map((item) => ({
        amount: (item.price.unit_amount ?? 0) * (item.quantity ?? 1),
        description: `${item.quantity ?? 1} × ${this.nameOf(item.price)}`,
        item,
        price: item.price,
        isProration: false,
        start: item.current_period_start,
        end: item.current_period_end,
      }));
  }

  /** What is given back and asked for when a price or quantity changes at `at`, within the period that runs. */
  prorations(item: Stripe.SubscriptionItem, to: { price: Stripe.Price; quantity: number }, at: number): Line[] {
    const { current_period_start: start, current_period_end: end } = item;
    const left = Math.min(1, Math.max(0, (end - at) / (end - start)));
    const part = (price: Stripe.Price, quantity: number): number => Math.round((price.unit_amount ?? 0) * quantity * left);
    const line = (amount: number, description: string, price: Stripe.Price): Line => ({
      amount,
      description,
      item,
      price,
      isProration: true,
      start: at,
      end,
    });
    const quantity = item.quantity ?? 1;
    return [
      line(-part(item.price, quantity), `Unused time on ${this.nameOf(item.price)}`, item.price),
      line(part(to.price, to.quantity), `Remaining time on ${this.nameOf(to.price)}`, to.price),
    ];
  }

  /** Lets lines wait for the next invoice. */
  postpone(subscription: Subscription, lines: readonly Line[]): void {
    for (const { amount, description, item, price, start, end } of lines)
      this.ledger.pendingLines.push({ subscription: subscription.id, amount, description, item: item.id, price: price.id, start, end });
  }

  /** Puts another price on an item. */
  reprice(item: Stripe.SubscriptionItem, price: Stripe.Price, quantity: number): void {
    item.price = price;
    item.plan = planOf(price);
    if (price.recurring?.usage_type === 'licensed') item.quantity = quantity;
  }

  /** Begins the period that holds `at`, counted from the anchor. */
  openPeriod(subscription: Subscription, at: number): void {
    for (const item of subscription.items.data) {
      const { interval = 'month', interval_count: count = 1 } = item.price.recurring ?? {};
      item.current_period_start = at;
      item.current_period_end = periodEnd(subscription.billing_cycle_anchor, interval as 'month', count, at);
    }
  }

  /** Ends it for good. */
  end(subscription: Subscription, at: number, reason: 'cancellation_requested' | 'payment_failed' | null): void {
    subscription.status = subscription.status === 'incomplete' && reason === null ? 'incomplete_expired' : 'canceled';
    subscription.canceled_at ??= at;
    subscription.ended_at = at;
    if (subscription.cancellation_details && reason !== null) subscription.cancellation_details.reason = reason;
    const schedule = this.ledger.schedules.get(idOf(subscription.schedule));
    if (schedule) {
      schedule.status = 'canceled';
      schedule.canceled_at = at;
      this.ledger.tell('subscription_schedule.canceled', schedule, at);
    }
    for (const invoice of this.openInvoices(subscription)) {
      invoice.next_payment_attempt = null;
      if (subscription.status === 'incomplete_expired') invoice.status = 'void';
    }
    this.open.delete(subscription.id);
    this.ledger.tell(
      subscription.status === 'canceled' ? 'customer.subscription.deleted' : 'customer.subscription.updated',
      subscription,
      at,
    );
  }

  openInvoices(subscription: Subscription): Stripe.Invoice[] {
    return [...(this.open.get(subscription.id) ?? [])];
  }

  /** What the subscription is once its invoices are as they are. */
  standingAfter(subscription: Subscription, isPaid: boolean, at: number): void {
    const before = subscription.status;
    if (isPaid) subscription.status = 'active';
    else if (before !== 'unpaid') subscription.status = 'past_due';
    this.ledger.tell('customer.subscription.updated', subscription, at);
  }

  /** One full period from `at` on, for previews of another interval. */
  fullPeriod(item: Stripe.SubscriptionItem, price: Stripe.Price, quantity: number, at: number): Line {
    const { interval = 'month', interval_count: count = 1 } = price.recurring ?? {};
    const amount = (price.unit_amount ?? 0) * quantity;
    return {
      amount,
      description: `${quantity} × ${this.nameOf(price)}`,
      item,
      price,
      isProration: false,
      start: at,
      end: later(at, interval as 'month', count),
    };
  }

  private openOf(subscription: string): Set<Stripe.Invoice> {
    const found = this.open.get(subscription) ?? new Set();
    this.open.set(subscription, found);
    return found;
  }

  private takePending(subscription: Subscription): Line[] {
    const mine = this.ledger.pendingLines.filter((line) => line.subscription === subscription.id);
    this.ledger.pendingLines = this.ledger.pendingLines.filter((line) => line.subscription !== subscription.id);
    return mine.flatMap((line) => {
      const item = subscription.items.data.find(({ id }) => id === line.item);
      const price = this.ledger.prices.get(line.price);
      return item && price ? [{ ...line, item, price, isProration: true }] : [];
    });
  }

  private nameOf(price: Stripe.Price): string {
    return this.ledger.products.get(price.product as string)?.name ?? price.id;
  }
}

/** The id of the subscription that an invoice is of. */
export function subscriptionOf(invoice: Stripe.Invoice): string {
  return idOf(invoice.parent?.subscription_details?.subscription);
}
