import { EventEmitter } from 'node:events';
import type Stripe from 'stripe';
import { newId } from './new-id.js';
import { StripeRefusal } from './stripe-refusal.js';

/** That something happened, as both shapes of notices and `/v1/events` tell it. */
export interface Happening {
  readonly id: string;
  readonly thinId: string;
  readonly type: string;
  readonly created: number;
  readonly object: { readonly id: string; readonly object: string };
}

/** How a customer pays; `works` says whether a charge succeeds. */
export interface Card {
  works: boolean;
}

/** A change of price that the next invoice will bring. */
export interface PendingLine {
  readonly subscription: string;
  readonly amount: number;
  readonly description: string;
  readonly item: string;
  readonly price: string;
  readonly start: number;
  readonly end: number;
}

export interface UsageEvent {
  readonly meter: string;
  readonly customer: string;
  readonly value: number;
  readonly identifier: string;
  readonly timestamp: number;
}

const KEPT_HAPPENINGS = 50_000;

/** Everything the stand-in knows, in the shapes it answers with. Each map is in the order of making. */
export class Ledger {
  readonly customers = new Map<string, Stripe.Customer>();
  readonly deletedCustomers = new Map<string, Stripe.DeletedCustomer>();
  readonly cards = new Map<string, Card>();
  readonly products = new Map<string, Stripe.Product>();
  readonly prices = new Map<string, Stripe.Price>();
  readonly subscriptions = new Map<string, Stripe.Subscription>();
  readonly schedules = new Map<string, Stripe.SubscriptionSchedule>();
  readonly invoices = new Map<string, Stripe.Invoice>();
  readonly checkouts = new Map<string, Stripe.Checkout.Session>();
  readonly portals = new Map<string, Stripe.BillingPortal.Session>();
  readonly meters = new Map<string, Stripe.Billing.Meter>();
  readonly usage = new Map<string, UsageEvent>();
  readonly happenings = new Map<string, Happening>();
  /** What each open checkout is for: the price, and what its subscription is to be told. */
  readonly wishes = new Map<string, { price: string; quantity: number; trialEnd: number | null; metadata: Record<string, string> }>();
  /** Trials whose end was announced. */
  readonly warned = new Map<string, true>();
  pendingLines: PendingLine[] = [];
  /** Seconds that the clock is ahead: of everybody, and of one customer beyond that. */
  ahead = 0;
  readonly aheadOf = new Map<string, number>();

  private readonly emitter = new EventEmitter();

  /** Seconds since 1970 by the clock of this customer, which nobody else's moves. */
  now(customer?: string | null): number {
    return Math.floor(Date.now() / 1_000) + this.ahead + (customer == null ? 0 : (this.aheadOf.get(customer) ?? 0));
  }

  /** Calls back for each happening, in order. */
  onHappening(hear: (happening: Happening) => void): void {
    this.emitter.on('happening', hear);
  }

  /** Records what happened to an object as it is at this moment. */
  tell(type: string, object: { readonly id: string; readonly object: string }, at: number): void {
    const happening: Happening = {
      id: newId('evt', 24),
      thinId: newId('evt_thin', 24),
      type,
      created: at,
      object: structuredClone(object),
    };
    this.happenings.set(happening.id, happening);
    if (this.happenings.size > KEPT_HAPPENINGS) this.happenings.delete(this.happenings.keys().next().value as string);
    this.emitter.emit('happening', happening);
  }

  /** Raises StripeRefusal for a customer that was never there or is deleted, as a parameter names it. */
  requireCustomer(id: string, param = 'customer'): Stripe.Customer {
    const found = this.customers.get(id);
    if (!found) throw StripeRefusal.missingParam('customer', id, param);
    return found;
  }

  requirePrice(id: string, param: string): Stripe.Price {
    const found = this.prices.get(id);
    if (!found) throw StripeRefusal.missingParam('price', id, param);
    if (!found.active) throw StripeRefusal.invalid('The price specified is inactive. This field only accepts active prices.', param);
    return found;
  }

  /** What an expansion puts in the place of an id; undefined for what cannot be expanded. */
  find(id: string): object | undefined {
    for (const kept of [
      this.prices,
      this.subscriptions,
      this.customers,
      this.schedules,
      this.invoices,
      this.products,
      this.checkouts,
    ] as const) {
      const found = kept.get(id);
      if (found) return found;
    }
    return this.deletedCustomers.get(id);
  }
}
