import type Stripe from 'stripe';
import { isLive, type PreviewedChange, type SubscriptionFacts } from '#control/billing/billing-facts.js';
import { BillingRefusedError, type PriceChange } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import { isMissing } from '#adapters/stripe/stripe-failure.js';
import type { StripePrices } from '#adapters/stripe/stripe-prices.js';
import type { StripeSchedules } from '#adapters/stripe/stripe-schedules.js';
import type { StripeSubscriptions } from '#adapters/stripe/stripe-subscriptions.js';
import { dateOf, planItem, secondsOf } from '#adapters/stripe/subscription-facts.js';
import type { Clock } from '#kernel/work/clock.js';

type Wish = (subscription: Stripe.Subscription) => Stripe.SubscriptionUpdateParams | null;

const RACES = 5;

/** Changes of a subscription that exists. Each is counted in its metadata, and the count is the key: the same change again is none, another meets what changed. */
export class StripeChanges {
  constructor(
    private readonly parts: {
      readonly calls: StripeCalls;
      readonly prices: StripePrices;
      readonly subscriptions: StripeSubscriptions;
      readonly schedules: StripeSchedules;
      readonly clock: Clock;
    },
  ) {}

  async preview({ subscriptionId, priceKey }: PriceChange): Promise<PreviewedChange> {
    const { calls, prices, subscriptions, clock } = this.parts;
    const [subscription, price] = [await subscriptions.require(subscriptionId), await prices.require(priceKey)];
    const item = planItem(subscription);
    // Never before the period: our clock may be behind.
    const at = Math.max(secondsOf(clock.now()), item.current_period_start);
    const preview = await calls.read((stripe) =>
      stripe.invoices.createPreview({
        subscription: subscriptionId,
        subscription_details: { items: [{ id: item.id, price: price.id }], proration_behavior: 'always_invoice', proration_date: at },
      }),
    );
    return {
      amountDue: preview.total < 0 ? preview.total : preview.amount_due,
      currency: preview.currency,
      prorationAt: dateOf(at),
      lines: preview.lines.data.map(({ description, amount, parent }) => ({
        description: description ?? '',
        amount,
        isProration: parent?.subscription_item_details?.proration ?? false,
      })),
    };
  }

  async upgrade({ subscriptionId, priceKey, prorationAt }: PriceChange & { readonly prorationAt: Date }): Promise<SubscriptionFacts> {
    const price = await this.parts.prices.require(priceKey);
    await this.parts.schedules.release(subscriptionId);
    return this.change(subscriptionId, (subscription) => {
      const item = planItem(subscription);
      const kept = subscription.cancel_at_period_end ? { cancel_at_period_end: false } : null;
      if (item.price.id === price.id) return kept;
      return {
        ...kept,
        items: [{ id: item.id, price: price.id }],
        proration_behavior: 'always_invoice',
        proration_date: secondsOf(prorationAt),
        // Either it is paid or nothing changes.
        ...(subscription.collection_method === 'charge_automatically' && { payment_behavior: 'error_if_incomplete' }),
      };
    });
  }

  async downgradeAtPeriodEnd({ subscriptionId, priceKey }: PriceChange): Promise<SubscriptionFacts> {
    const price = await this.parts.prices.require(priceKey);
    const found = await this.parts.subscriptions.require(subscriptionId);
    if (!isLive(found.status as SubscriptionFacts['status'])) throw new BillingRefusedError('subscription-ended');
    if (planItem(found).price.id === price.id) return this.cancelScheduledChange(subscriptionId);
    if (found.cancel_at_period_end) await this.withdrawCancellation(subscriptionId);
    return this.parts.subscriptions.facts(await this.parts.schedules.plan(subscriptionId, price));
  }

  async cancelScheduledChange(subscriptionId: string): Promise<SubscriptionFacts> {
    return this.parts.subscriptions.facts(await this.parts.schedules.release(subscriptionId));
  }

  async cancelAtPeriodEnd(subscriptionId: string): Promise<SubscriptionFacts> {
    await this.parts.schedules.release(subscriptionId);
    return this.change(subscriptionId, (found) => (found.cancel_at_period_end || hasEnded(found) ? null : { cancel_at_period_end: true }));
  }

  withdrawCancellation(subscriptionId: string): Promise<SubscriptionFacts> {
    return this.change(subscriptionId, (found) =>
      !found.cancel_at_period_end || hasEnded(found) ? null : { cancel_at_period_end: false },
    );
  }

  setTrialEnd(subscriptionId: string, trialEnd: Date): Promise<SubscriptionFacts> {
    const end = secondsOf(trialEnd);
    const rest = { proration_behavior: 'none', trial_settings: { end_behavior: { missing_payment_method: 'pause' } } } as const;
    return this.change(subscriptionId, (found) => (found.trial_end === end ? null : { trial_end: end, ...rest }));
  }

  async cancelNow(subscriptionId: string): Promise<SubscriptionFacts> {
    const { calls, subscriptions } = this.parts;
    const before = await subscriptions.require(subscriptionId);
    if (hasEnded(before)) return subscriptions.facts(before);
    const ended = async (): Promise<Stripe.Subscription | undefined> => {
      const found = await subscriptions.require(subscriptionId);
      return hasEnded(found) ? found : undefined;
    };
    try {
      // Without its schedule: that ended with it.
      return await subscriptions.facts(
        await calls.write<Stripe.Subscription>(
          `cancel:${subscriptionId}`,
          (stripe, key) => stripe.subscriptions.cancel(subscriptionId, {}, key),
          ended,
        ),
      );
    } catch (error) {
      const found = isMissing(error) ? await ended() : undefined;
      if (found) return subscriptions.facts(found);
      throw error;
    }
  }

  async resume(subscriptionId: string): Promise<SubscriptionFacts> {
    const { calls, subscriptions } = this.parts;
    const before = await subscriptions.require(subscriptionId);
    if (before.status !== 'paused') return subscriptions.facts(before);
    const { latest_invoice: invoice } = before;
    // An attempt that was not paid leaves an invoice, so the next one has another key.
    const last = invoice === null ? 'none' : typeof invoice === 'string' ? invoice : invoice.id;
    await calls.write<Stripe.Subscription>(
      `resume:${subscriptionId}:${last}`,
      (stripe, key) => stripe.subscriptions.resume(subscriptionId, { payment_behavior: 'resume_on_payment_success' }, key),
      async () => {
        const found = await subscriptions.require(subscriptionId);
        return found.status === 'paused' ? undefined : found;
      },
    );
    return subscriptions.facts(await subscriptions.require(subscriptionId));
  }

  /** Asks for the wish until the subscription has it; a wish of null is had. */
  private async change(id: string, wish: Wish): Promise<SubscriptionFacts> {
    const { calls, subscriptions } = this.parts;
    for (let race = 0; race < RACES; race += 1) {
      const found = await subscriptions.require(id);
      const params = wish(found);
      if (params === null) return subscriptions.facts(found);
      const count = changesOf(found) + 1;
      await calls.write<Stripe.Subscription>(
        `change:${id}:${count}`,
        (stripe, key) => stripe.subscriptions.update(id, { ...params, metadata: { change: String(count) } }, key),
        async () => {
          const now = await subscriptions.require(id);
          return changesOf(now) >= count ? now : undefined;
        },
      );
    }
    throw new BillingRefusedError('changed-meanwhile');
  }
}

function changesOf({ metadata }: Stripe.Subscription): number {
  return Number(metadata['change'] ?? 0);
}

function hasEnded({ status }: Stripe.Subscription): boolean {
  return !isLive(status as SubscriptionFacts['status']);
}
