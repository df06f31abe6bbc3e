import type { BillingNotice, CheckoutPage, CustomerFacts, PreviewedChange, SubscriptionFacts } from '#control/billing/billing-facts.js';
import type {
  BillingProvider,
  PriceChange,
  Usage,
  WantedCheckout,
  WantedCustomer,
  WantedSubscription,
} from '#control/billing/billing-provider.js';
import { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { StripeChanges } from '#adapters/stripe/stripe-changes.js';
import { openStripe, type StripeAccess } from '#adapters/stripe/stripe-client.js';
import { StripeCustomers } from '#adapters/stripe/stripe-customers.js';
import { customerBehind, readNotice } from '#adapters/stripe/stripe-notices.js';
import { StripePages } from '#adapters/stripe/stripe-pages.js';
import { StripePrices } from '#adapters/stripe/stripe-prices.js';
import { StripeSchedules } from '#adapters/stripe/stripe-schedules.js';
import { StripeSubscriptions } from '#adapters/stripe/stripe-subscriptions.js';
import { StripeUsage } from '#adapters/stripe/stripe-usage.js';
import type { Clock } from '#kernel/work/clock.js';

export interface StripeBillingOptions extends StripeAccess {
  /** Any of them may have signed a notice: two while one is being replaced. */
  readonly webhookSecrets: readonly string[];
  readonly clock: Clock;
}

/** Billing at Stripe. Nothing is connected to before it is needed. */
export class StripeBilling implements BillingProvider {
  private readonly calls: StripeCalls;
  private readonly customers: StripeCustomers;
  private readonly subscriptions: StripeSubscriptions;
  private readonly changes: StripeChanges;
  private readonly pages: StripePages;
  private readonly usage: StripeUsage;
  private readonly closeClient: () => void;

  constructor(private readonly options: StripeBillingOptions) {
    const { clock } = options;
    const { stripe, close } = openStripe(options);
    this.closeClient = close;
    this.calls = new StripeCalls(stripe);
    const calls = this.calls;
    const prices = new StripePrices(calls, clock);
    const subscriptions = new StripeSubscriptions(calls, prices);
    this.customers = new StripeCustomers(calls);
    this.subscriptions = subscriptions;
    this.changes = new StripeChanges({ calls, prices, subscriptions, clock, schedules: new StripeSchedules(calls, subscriptions) });
    this.pages = new StripePages({ calls, prices, subscriptions, clock });
    this.usage = new StripeUsage(calls);
  }

  ensureCustomer(wanted: WantedCustomer): Promise<{ readonly id: string }> {
    return this.customers.ensure(wanted);
  }

  deleteCustomer(customerId: string): Promise<void> {
    return this.customers.delete(customerId);
  }

  customerOf(customerId: string): Promise<CustomerFacts | null> {
    return this.customers.of(customerId);
  }

  allCustomers(): AsyncIterable<CustomerFacts> {
    return this.customers.all();
  }

  startSubscription(wanted: WantedSubscription): Promise<SubscriptionFacts> {
    return this.subscriptions.start(wanted);
  }

  subscriptionsOf(customerId: string): Promise<readonly SubscriptionFacts[]> {
    return this.subscriptions.of(customerId);
  }

  allSubscriptions(): AsyncIterable<SubscriptionFacts> {
    return this.subscriptions.all();
  }

  previewChange(change: PriceChange): Promise<PreviewedChange> {
    return this.changes.preview(change);
  }

  upgrade(change: PriceChange & { readonly prorationAt: Date }): Promise<SubscriptionFacts> {
    return this.changes.upgrade(change);
  }

  downgradeAtPeriodEnd(change: PriceChange): Promise<SubscriptionFacts> {
    return this.changes.downgradeAtPeriodEnd(change);
  }

  cancelScheduledChange(subscriptionId: string): Promise<SubscriptionFacts> {
    return this.changes.cancelScheduledChange(subscriptionId);
  }

  cancel({ subscriptionId, at }: { readonly subscriptionId: string; readonly at: 'now' | 'period-end' }): Promise<SubscriptionFacts> {
    return at === 'now' ? this.changes.cancelNow(subscriptionId) : this.changes.cancelAtPeriodEnd(subscriptionId);
  }

  withdrawCancellation(subscriptionId: string): Promise<SubscriptionFacts> {
    return this.changes.withdrawCancellation(subscriptionId);
  }

  resume(subscriptionId: string): Promise<SubscriptionFacts> {
    return this.changes.resume(subscriptionId);
  }

  setTrialEnd({ subscriptionId, trialEnd }: { readonly subscriptionId: string; readonly trialEnd: Date }): Promise<SubscriptionFacts> {
    return this.changes.setTrialEnd(subscriptionId, trialEnd);
  }

  checkout(wanted: WantedCheckout): Promise<CheckoutPage> {
    return this.pages.checkout(wanted);
  }

  portal(wanted: { readonly customerId: string; readonly returnUrl: string }): Promise<{ readonly url: string }> {
    return this.pages.portal(wanted);
  }

  reportUsage(usage: Usage): Promise<void> {
    return this.usage.report(usage);
  }

  readNotice(rawBody: Buffer, signatureHeader: string | undefined, now: Date): BillingNotice {
    return readNotice(this.options.webhookSecrets, rawBody, signatureHeader, now);
  }

  customerBehind({
    objectType,
    objectId,
  }: {
    readonly objectType: string | null;
    readonly objectId: string | null;
  }): Promise<string | null> {
    return customerBehind(this.calls, objectType, objectId);
  }

  /** Cuts its connections. */
  close(): void {
    this.closeClient();
  }
}
