import type Stripe from 'stripe';
import { BillingRefusedError } from '#control/billing/billing-provider.js';
import type { StripeCalls } from '#adapters/stripe/stripe-calls.js';
import type { StripeSubscriptions } from '#adapters/stripe/stripe-subscriptions.js';
import { idOf, planItem, plannedPrice } from '#adapters/stripe/subscription-facts.js';

type Schedule = Stripe.SubscriptionSchedule;

const RACES = 5;

/** What a subscription turns into when its period ends. */
export class StripeSchedules {
  constructor(
    private readonly calls: StripeCalls,
    private readonly subscriptions: StripeSubscriptions,
  ) {}

  /** Plans that price for the end of the period, in the place of what was planned. */
  async plan(id: string, price: Stripe.Price): Promise<Stripe.Subscription> {
    for (let race = 0; race < RACES; race += 1) {
      const found = await this.subscriptions.require(id);
      const planned = plannedPrice(found);
      if (planned?.priceId === price.id && planned.at === planItem(found).current_period_end) return found;
      await this.rewrite(await this.ensure(found), found, price);
    }
    throw new BillingRefusedError('changed-meanwhile');
  }

  /** Nothing is planned any more; the subscription stays as it is. */
  async release(id: string): Promise<Stripe.Subscription> {
    const found = await this.subscriptions.require(id);
    if (found.schedule === null) return found;
    const scheduleId = idOf(found.schedule);
    const released = async (): Promise<Schedule | undefined> => {
      const now = await this.require(scheduleId);
      return now.status === 'released' ? now : undefined;
    };
    try {
      await this.calls.write<Schedule>(
        `release:${scheduleId}`,
        (stripe, key) => stripe.subscriptionSchedules.release(scheduleId, {}, key),
        released,
      );
    } catch (error) {
      if (!(error instanceof BillingRefusedError) || !(await released())) throw error;
    }
    return this.subscriptions.require(id);
  }

  private async ensure(subscription: Stripe.Subscription): Promise<Schedule> {
    const { id, schedule } = subscription;
    if (schedule !== null) return typeof schedule === 'string' ? this.require(schedule) : schedule;
    // Earlier ones were let go of; their number tells this one from them.
    const before = await this.numberOf(subscription);
    return this.calls.write<Schedule>(
      `schedule:${id}:${before + 1}`,
      (stripe, key) => stripe.subscriptionSchedules.create({ from_subscription: id, metadata: { change: '0' } }, key),
      async () => {
        const now = await this.subscriptions.require(id);
        return now.schedule === null ? undefined : this.require(idOf(now.schedule));
      },
    );
  }

  private async rewrite(schedule: Stripe.SubscriptionSchedule, subscription: Stripe.Subscription, price: Stripe.Price): Promise<void> {
    const item = planItem(subscription);
    const end = item.current_period_end;
    const count = changesOf(schedule) + 1;
    const items = (priceId: string): Stripe.SubscriptionScheduleUpdateParams.Phase.Item[] => [
      { price: priceId, quantity: item.quantity ?? 1 },
    ];
    await this.calls.write<Schedule>(
      `schedule-change:${schedule.id}:${count}`,
      (stripe, key) =>
        stripe.subscriptionSchedules.update(
          schedule.id,
          {
            end_behavior: 'release',
            metadata: { change: String(count) },
            phases: [
              {
                items: items(item.price.id),
                start_date: schedule.current_phase?.start_date ?? item.current_period_start,
                end_date: end,
                ...(subscription.status === 'trialing' && { trial_end: end }),
              },
              { items: items(price.id), start_date: end, duration: durationOf(price), proration_behavior: 'none' },
            ],
          },
          key,
        ),
      async () => {
        const now = await this.require(schedule.id);
        return changesOf(now) >= count ? now : undefined;
      },
    );
  }

  private require(id: string): Promise<Schedule> {
    return this.calls.read((stripe) => stripe.subscriptionSchedules.retrieve(id));
  }

  private async numberOf({ id, customer }: Stripe.Subscription): Promise<number> {
    let number = 0;
    for await (const each of this.calls.all((stripe, from) => stripe.subscriptionSchedules.list({ ...from, customer: idOf(customer) })))
      if (each.released_subscription === id) number += 1;
    return number;
  }
}

function changesOf({ metadata }: Stripe.SubscriptionSchedule): number {
  return Number(metadata?.['change'] ?? 0);
}

function durationOf({ recurring }: Stripe.Price): Stripe.SubscriptionScheduleUpdateParams.Phase.Duration {
  return { interval: recurring?.interval ?? 'month', interval_count: recurring?.interval_count ?? 1 };
}
