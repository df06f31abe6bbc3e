import type Stripe from 'stripe';
import { idOf } from '../id-of.js';
import { z } from 'zod';
import { type Interval, later } from '../calendar.js';
import { release } from '../due.js';
import { Expand, Int, mergedMetadata, Metadata, Paging, parsed } from '../form.js';
import type { Ledger } from '../ledger.js';
import { newPhase, newSchedule } from '../objects/schedule.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page } from './list.js';
import type { Route } from './route.js';
import { requireSubscription } from './subscriptions.js';

const NewSchedule = z.strictObject({ from_subscription: z.string(), metadata: Metadata, expand: Expand });
const Phase = z.strictObject({
  items: z.array(z.strictObject({ price: z.string(), quantity: Int.default(1) })).min(1),
  start_date: z.union([z.literal('now'), Int]).optional(),
  end_date: z.union([z.literal('now'), Int]).optional(),
  duration: z.strictObject({ interval: z.enum(['day', 'week', 'month', 'year']), interval_count: Int.default(1) }).optional(),
  proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).default('create_prorations'),
  trial_end: Int.optional(),
});
const Change = z.strictObject({
  phases: z.array(Phase).min(1).max(10).optional(),
  end_behavior: z.enum(['release', 'cancel']).optional(),
  proration_behavior: z.enum(['create_prorations', 'always_invoice', 'none']).optional(),
  metadata: Metadata,
  expand: Expand,
});
const Listing = z.strictObject({ ...Paging, customer: z.string().optional() });

/** What a subscription will turn into. */
export const SCHEDULE_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/subscription_schedules',
    answer({ ledger }, form) {
      const { from_subscription: id, metadata } = parsed(NewSchedule, form);
      const subscription = requireSubscription(ledger, id);
      if (subscription.schedule !== null)
        throw StripeRefusal.invalid(
          `You cannot migrate a subscription that is already attached to a schedule: ${idOf(subscription.schedule)}.`,
          'from_subscription',
        );
      if (subscription.status === 'canceled' || subscription.status === 'incomplete_expired')
        throw StripeRefusal.invalid('You cannot migrate a subscription that has ended to a subscription schedule.', 'from_subscription');
      const now = ledger.now(subscription.customer as string);
      const schedule = newSchedule(now, subscription, mergedMetadata({}, metadata));
      ledger.schedules.set(schedule.id, schedule);
      subscription.schedule = schedule.id;
      ledger.tell('subscription_schedule.created', schedule, now);
      ledger.tell('customer.subscription.updated', subscription, now);
      return schedule;
    },
  },
  {
    method: 'GET',
    path: '/v1/subscription_schedules',
    answer({ ledger }, form) {
      const { customer, ...paging } = parsed(Listing, form);
      const wanted = [...ledger.schedules.values()].filter((each) => customer === undefined || each.customer === customer);
      return page('/v1/subscription_schedules', wanted, paging);
    },
  },
  { method: 'GET', path: '/v1/subscription_schedules/:id', answer: ({ ledger }, _form, [id]) => requireSchedule(ledger, id) },
  {
    method: 'POST',
    path: '/v1/subscription_schedules/:id',
    answer({ ledger }, form, [id]) {
      const schedule = requireActive(ledger, id);
      const { phases, end_behavior: ending, metadata } = parsed(Change, form);
      const now = ledger.now(schedule.customer as string);
      if (phases) {
        schedule.phases = phasesOf(ledger, schedule, phases, now);
        const running = schedule.phases.find(({ start_date: start, end_date: end }) => start <= now && now < end);
        schedule.current_phase = running ? { start_date: running.start_date, end_date: running.end_date } : null;
      }
      if (ending) schedule.end_behavior = ending;
      schedule.metadata = mergedMetadata(schedule.metadata ?? {}, metadata);
      ledger.tell('subscription_schedule.updated', schedule, now);
      return schedule;
    },
  },
  {
    method: 'POST',
    path: '/v1/subscription_schedules/:id/release',
    answer({ ledger }, _form, [id]) {
      const schedule = requireActive(ledger, id);
      const subscription = requireSubscription(ledger, idOf(schedule.subscription));
      release(ledger, schedule, subscription, ledger.now(schedule.customer as string));
      return schedule;
    },
  },
  {
    method: 'POST',
    path: '/v1/subscription_schedules/:id/cancel',
    answer({ ledger, billing }, _form, [id]) {
      const schedule = requireActive(ledger, id);
      billing.end(
        requireSubscription(ledger, idOf(schedule.subscription)),
        ledger.now(schedule.customer as string),
        'cancellation_requested',
      );
      return schedule;
    },
  },
];

function requireSchedule(ledger: Ledger, id: string): Stripe.SubscriptionSchedule {
  const found = ledger.schedules.get(id);
  if (!found) throw StripeRefusal.missing('subscription_schedule', id);
  return found;
}

function requireActive(ledger: Ledger, id: string): Stripe.SubscriptionSchedule {
  const found = requireSchedule(ledger, id);
  if (found.status !== 'active')
    throw StripeRefusal.invalid(`You cannot update a subscription schedule that is currently in the \`${found.status}\` status.`);
  return found;
}

/** Raises StripeRefusal unless the phases follow each other and the first is the one that runs. */
function phasesOf(
  ledger: Ledger,
  schedule: Stripe.SubscriptionSchedule,
  given: readonly z.infer<typeof Phase>[],
  now: number,
): Stripe.SubscriptionSchedule.Phase[] {
  const running = schedule.current_phase;
  let start = given[0]?.start_date === 'now' ? now : given[0]?.start_date;
  if (start === undefined) throw StripeRefusal.invalid('You must specify the start date of the first phase.', 'phases[0][start_date]');
  if (running && start !== running.start_date)
    throw StripeRefusal.invalid(
      'You can not modify the start date of the current phase. Please use the start date of the current phase.',
      'phases[0][start_date]',
    );
  return given.map((phase, index) => {
    const begin: number = start ?? now;
    const items = phase.items.map(({ price, quantity }, place) => ({
      price: ledger.requirePrice(price, `phases[${index}][items][${place}][price]`).id,
      quantity,
    }));
    const first = ledger.prices.get(items[0]?.price ?? '');
    const { interval, interval_count: count } = phase.duration ?? {
      interval: (first?.recurring?.interval ?? 'month') as Interval,
      interval_count: first?.recurring?.interval_count ?? 1,
    };
    const end = phase.end_date === 'now' ? now : (phase.end_date ?? later(begin, interval, count));
    if (end <= begin) throw StripeRefusal.invalid('The end date of a phase must be after its start date.', `phases[${index}][end_date]`);
    start = end;
    return newPhase({ start: begin, end, items, currency: first?.currency ?? 'eur', trialEnd: phase.trial_end ?? null });
  });
}
