import { AppError } from '#kernel/errors/app-error.js';
import type { BillingNotice, CheckoutPage, CustomerFacts, PreviewedChange, SubscriptionFacts } from '#control/billing/billing-facts.js';

/**
 * Who takes the money and knows best who paid. Every write may be asked for again after a failure and is done once; all of them raise
 * BillingUnavailableError when the provider does not answer and BillingRefusedError when it says no. Prices are named by lookup key.
 */
export interface BillingProvider {
  /** The tenant's customer, found or made; one that was deleted is not found. */
  ensureCustomer(wanted: WantedCustomer): Promise<{ readonly id: string }>;
  /** Deletes it and ends its subscriptions at once; one that is not there is fine. */
  deleteCustomer(customerId: string): Promise<void>;
  /** Null when there never was one of that id. */
  customerOf(customerId: string): Promise<CustomerFacts | null>;
  allCustomers(): AsyncIterable<CustomerFacts>;

  /** Begins one, unless the customer has a live one: then that is the answer, whatever its price. */
  startSubscription(wanted: WantedSubscription): Promise<SubscriptionFacts>;
  /** Every one the customer ever had, newest first; none for a customer that is not there. */
  subscriptionsOf(customerId: string): Promise<readonly SubscriptionFacts[]>;
  allSubscriptions(): AsyncIterable<SubscriptionFacts>;
  /** Changes nothing. */
  previewChange(change: PriceChange): Promise<PreviewedChange>;
  /** Now, with the proration as of `prorationAt`; a planned change or cancellation is dropped. */
  upgrade(change: PriceChange & { readonly prorationAt: Date }): Promise<SubscriptionFacts>;
  /** When the period ends; takes the place of what was planned before. */
  downgradeAtPeriodEnd(change: PriceChange): Promise<SubscriptionFacts>;
  /** Nothing planned is fine. */
  cancelScheduledChange(subscriptionId: string): Promise<SubscriptionFacts>;
  /** A planned change of price is dropped. One that is cancelled already is fine. */
  cancel(cancellation: { readonly subscriptionId: string; readonly at: 'now' | 'period-end' }): Promise<SubscriptionFacts>;
  /** Takes back a cancellation at the end of the period; none is fine. One that has ended stays ended and is the answer. */
  withdrawCancellation(subscriptionId: string): Promise<SubscriptionFacts>;
  /** Wakes a paused one with a new period that is charged; one that is not paused is left as it is. */
  resume(subscriptionId: string): Promise<SubscriptionFacts>;
  /** Raises BillingRefusedError when `trialEnd` is over. */
  setTrialEnd(change: { readonly subscriptionId: string; readonly trialEnd: Date }): Promise<SubscriptionFacts>;

  /**
   * Where the customer agrees to pay that price: the page that is open already, else a new one. A customer with a live subscription gets a page
   * that changes it (or, for the price it has, its means of payment), so none ever has two.
   */
  checkout(wanted: WantedCheckout): Promise<CheckoutPage>;
  /** Where customers see invoices and change their means of payment; the address is used at once and not kept. */
  portal(wanted: { readonly customerId: string; readonly returnUrl: string }): Promise<{ readonly url: string }>;
  /** Counts towards `meter`; the same `identifier` counts once. Refused for what was more than 35 days ago. */
  reportUsage(usage: Usage): Promise<void>;

  /** Reads what came to the webhook. Raises WebhookRefusedError on one that is not the provider's, altered, or more than 300 s away from `now`. */
  readNotice(rawBody: Buffer, signatureHeader: string | undefined, now: Date): BillingNotice;
  /** Whose object that is; null when it is nobody's, gone, or of a kind that belongs to no customer. */
  customerBehind(object: { readonly objectType: string | null; readonly objectId: string | null }): Promise<string | null>;
}

/** By this token the processes offer their BillingProvider. */
export const BILLING_PROVIDER = Symbol('BillingProvider');

export interface WantedCustomer {
  readonly tenantId: string;
  readonly name: string;
  readonly email: string;
}

export interface WantedSubscription {
  readonly tenantId: string;
  readonly customerId: string;
  readonly priceKey: string;
  /** Without a means of payment by then, it is paused. */
  readonly trialEnd?: Date;
  /** `charge` takes the money by itself, `invoice` sends bills that are due after 30 days. */
  readonly collection: 'charge' | 'invoice';
}

export interface PriceChange {
  readonly subscriptionId: string;
  readonly priceKey: string;
}

export interface WantedCheckout {
  readonly tenantId: string;
  readonly customerId: string;
  readonly priceKey: string;
  readonly successUrl: string;
  readonly cancelUrl: string;
}

export interface Usage {
  readonly meter: string;
  readonly customerId: string;
  /** A whole number, not below zero. */
  readonly quantity: number;
  readonly identifier: string;
  readonly at: Date;
}

/** The provider did not answer, or answered "later"; what was asked may be asked again, and is done once. */
export class BillingUnavailableError extends AppError {
  readonly code = 'billing.unavailable';

  constructor(
    readonly reason: string,
    /** When the provider wants to be asked again, if it said so. */
    readonly retryAfterSeconds?: number,
    options?: ErrorOptions,
  ) {
    super(`The billing provider is not available (${reason}).`, options);
  }
}

/** The provider will not do it; asking again changes nothing. Its words are left out: they may quote what was asked. */
export class BillingRefusedError extends AppError {
  readonly code = 'billing.refused';

  constructor(
    /** The provider's own code, e.g. `resource_missing`, or the type of its error. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The billing provider refused (${reason}).`, options);
  }
}

/** What came to the webhook is not a notice of the provider, or not a fresh one. */
export class WebhookRefusedError extends AppError {
  readonly code = 'billing.webhook-refused';

  constructor(readonly reason: 'signature' | 'age' | 'shape') {
    super(`The notice was refused (${reason}).`);
  }
}
