import type Stripe from 'stripe';
import { idOf } from './id-of.js';
import type { Billing } from './billing.js';
import { DAY } from './calendar.js';
import type { Ledger } from './ledger.js';

interface Due {
  readonly at: number;
  readonly act: (at: number) => void;
}

const HOUR = 3_600;

/** What time brings: renewals, ends of trials and phases, retried charges, bills that are overdue, pages that expire. */
export class DueWork {
  constructor(
    private readonly ledger: Ledger,
    private readonly billing: Billing,
  ) {}

  /** Does everything that is due by now, the earliest first, each at its own time; says how much that was. */
  settle(): number {
    let done = 0;
    for (const subscription of this.ledger.subscriptions.values()) {
      const now = this.ledger.now(subscription.customer as string);
      for (let due = this.next(subscription); due && due.at <= now; due = this.next(subscription)) {
        due.act(due.at);
        done += 1;
      }
    }
    for (const session of this.ledger.checkouts.values()) {
      if (session.status !== 'open' || session.expires_at > this.ledger.now(session.customer as string)) continue;
      session.status = 'expired';
      session.url = null;
      this.ledger.tell('checkout.session.expired', session, session.expires_at);
      done += 1;
    }
    return done;
  }

  private next(subscription: Stripe.Subscription): Due | undefined {
    return this.allOf(subscription).reduce<Due | undefined>((first, each) => (first && first.at <= each.at ? first : each), undefined);
  }

  private allOf(subscription: Stripe.Subscription): Due[] {
    const { status, trial_end: trialEnd } = subscription;
    const end = subscription.items.data[0]?.current_period_end;
    if (end === undefined || status === 'canceled' || status === 'incomplete_expired') return [];
    if (status === 'incomplete') return [{ at: subscription.created + 23 * HOUR, act: (at) => this.billing.end(subscription, at, null) }];
    if (status === 'paused') return [];
    const dues: Due[] = [];
    const warning = (trialEnd ?? 0) - 3 * DAY;
    if (status === 'trialing' && !this.ledger.warned.has(subscription.id)) {
      dues.push({ at: Math.max(warning, subscription.trial_start ?? 0), act: (at) => this.warn(subscription, at) });
    }
    if (subscription.cancel_at !== null && subscription.cancel_at < end)
      dues.push({ at: subscription.cancel_at, act: (at) => this.billing.end(subscription, at, 'cancellation_requested') });
    dues.push({ at: end, act: (at) => this.periodOver(subscription, at) });
    for (const invoice of this.billing.openInvoices(subscription)) dues.push(...this.ofInvoice(subscription, invoice));
    return dues;
  }

  private ofInvoice(subscription: Stripe.Subscription, invoice: Stripe.Invoice): Due[] {
    if (invoice.next_payment_attempt !== null)
      return [{ at: invoice.next_payment_attempt, act: (at) => this.retry(subscription, invoice, at) }];
    if (invoice.due_date !== null && subscription.status === 'active')
      return [
        {
          at: invoice.due_date,
          act: (at) => {
            this.ledger.tell('invoice.overdue', invoice, at);
            this.billing.standingAfter(subscription, false, at);
          },
        },
      ];
    return [];
  }

  private warn(subscription: Stripe.Subscription, at: number): void {
    this.ledger.warned.set(subscription.id, true);
    this.ledger.tell('customer.subscription.trial_will_end', subscription, at);
  }

  private retry(subscription: Stripe.Subscription, invoice: Stripe.Invoice, at: number): void {
    if (this.billing.charge(invoice, at)) {
      if (this.billing.openInvoices(subscription).length === 0) this.billing.standingAfter(subscription, true, at);
      return;
    }
    if (invoice.next_payment_attempt !== null) return;
    if (this.billing.afterDunning === 'cancel') this.billing.end(subscription, at, 'payment_failed');
    else if (this.billing.afterDunning === 'unpaid') {
      subscription.status = 'unpaid';
      this.ledger.tell('customer.subscription.updated', subscription, at);
    }
  }

  private periodOver(subscription: Stripe.Subscription, at: number): void {
    if (subscription.cancel_at_period_end) {
      this.billing.end(subscription, at, 'cancellation_requested');
      return;
    }
    const wasTrial = subscription.status === 'trialing';
    if (wasTrial && !this.canGoOn(subscription, at)) return;
    this.takePhase(subscription, at);
    if (wasTrial) subscription.billing_cycle_anchor = at;
    this.billing.openPeriod(subscription, at);
    if (subscription.status === 'unpaid') {
      this.ledger.tell('customer.subscription.updated', subscription, at);
      return;
    }
    const invoice = this.billing.invoice(subscription, 'subscription_cycle', this.billing.periodLines(subscription), at);
    const isOwing = invoice.status !== 'paid' && subscription.collection_method === 'charge_automatically';
    this.billing.standingAfter(subscription, !isOwing && (wasTrial || subscription.status === 'active'), at);
  }

  /** A trial ends well with a card, or with bills. */
  private canGoOn(subscription: Stripe.Subscription, at: number): boolean {
    const missing = subscription.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice';
    if (subscription.collection_method === 'send_invoice' || missing === 'create_invoice') return true;
    if (this.billing.hasCard(subscription.customer as string)) return true;
    if (missing === 'cancel') this.billing.end(subscription, at, null);
    else {
      subscription.status = 'paused';
      this.ledger.tell('customer.subscription.paused', subscription, at);
      this.ledger.tell('customer.subscription.updated', subscription, at);
    }
    return false;
  }

  private takePhase(subscription: Stripe.Subscription, at: number): void {
    const schedule = this.ledger.schedules.get(idOf(subscription.schedule));
    if (schedule?.status !== 'active') return;
    const phase = schedule.phases.find(({ start_date: start, end_date: end }) => start <= at && at < end);
    if (!phase) {
      release(this.ledger, schedule, subscription, at);
      return;
    }
    schedule.current_phase = { start_date: phase.start_date, end_date: phase.end_date };
    for (const [index, wanted] of phase.items.entries()) {
      const item = subscription.items.data[index];
      const price = this.ledger.prices.get(wanted.price as string);
      if (item && price) this.billing.reprice(item, price, wanted.quantity ?? 1);
    }
    this.ledger.tell('subscription_schedule.updated', schedule, at);
  }
}

/** Lets go of the subscription, which goes on as it is. */
export function release(ledger: Ledger, schedule: Stripe.SubscriptionSchedule, subscription: Stripe.Subscription, at: number): void {
  schedule.status = 'released';
  schedule.released_at = at;
  schedule.released_subscription = subscription.id;
  schedule.subscription = null;
  schedule.current_phase = null;
  subscription.schedule = null;
  ledger.tell('subscription_schedule.released', schedule, at);
  ledger.tell('customer.subscription.updated', subscription, at);
}
