import type Stripe from 'stripe';
import { isLive, type SubscriptionFacts } from '#control/billing/billing-facts.js';
import type { WantedSubscription } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { isMissing } from '#adapters/stripe/stripe-failure.js';
import type { StripePrices } from '#adapters/stripe/stripe-prices.js';
import { factsOf, secondsOf } from '#adapters/stripe/subscription-facts.js';

const DAYS_UNTIL_DUE = 30;

/** Subscriptions as they are, and their beginning. */
export class StripeSubscriptions {
  constructor(
    private readonly calls: StripeCalls,
    private readonly prices: StripePrices,
  ) {}

  async start(wanted: WantedSubscription): Promise<SubscriptionFacts> {
    const { tenantId, customerId, trialEnd, collection } = wanted;
    const before = await this.of(customerId);
    const live = before.find(({ status }) => isLive(status));
    if (live) return live;
    const price = await this.prices.require(wanted.priceKey);
    // The number and not the price: of two begun at once with different prices, one is refused the key and finds the other.
    const made = await this.calls.write<Stripe.Subscription>(
      `subscription:${customerId}:${before.length + 1}`,
      (stripe, key) =>
        stripe.subscriptions.create(
          {
            customer: customerId,
            items: [{ price: price.id }],
            metadata: { tenant_id: tenantId },
            ...(trialEnd && { trial_end: secondsOf(trialEnd), trial_settings: { end_behavior: { missing_payment_method: 'pause' } } }),
            ...(collection === 'invoice'
              ? { collection_method: 'send_invoice', days_until_due: DAYS_UNTIL_DUE }
              : { collection_method: 'charge_automatically', payment_behavior: 'error_if_incomplete' }),
            expand: ['schedule'],
          },
          key,
        ),
      () => this.liveOf(customerId),
    );
    return this.facts(made);
  }

  async of(customerId: string): Promise<SubscriptionFacts[]> {
    const found: SubscriptionFacts[] = [];
    try {
      for await (const each of this.list({ customer: customerId })) found.push(await this.facts(each));
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    return found;
  }

  async *all(): AsyncGenerator<SubscriptionFacts> {
    for await (const each of this.list({})) yield await this.facts(each);
  }

  /** As it is now, with its schedule. Raises BillingRefusedError (`resource_missing`). */
  require(id: string): Promise<Stripe.Subscription> {
    return this.calls.read((stripe) => stripe.subscriptions.retrieve(id, { expand: ['schedule'] }));
  }

  facts(subscription: Stripe.Subscription): Promise<SubscriptionFacts> {
    return factsOf(subscription, (id) => this.prices.keyOf(id));
  }

  private async liveOf(customerId: string): Promise<Stripe.Subscription | undefined> {
    for await (const each of this.list({ customer: customerId })) if (isLive(each.status as SubscriptionFacts['status'])) return each;
    return undefined;
  }

  private list(of: { customer?: string }): AsyncGenerator<Stripe.Subscription> {
    return this.calls.all((stripe, from) => stripe.subscriptions.list({ ...of, ...from, status: 'all', expand: ['data.schedule'] }));
  }
}
