import { z } from 'zod';
import { DAY } from '../calendar.js';
import { Expand, Int, Paging, parsed } from '../form.js';
import type { Ledger } from '../ledger.js';
import { newId } from '../new-id.js';
import { newMeter } from '../objects/meter.js';
import { StripeRefusal } from '../stripe-refusal.js';
import { page } from './list.js';
import type { Route } from './route.js';

const NewMeter = z.strictObject({
  display_name: z.string().min(1),
  event_name: z.string().min(1).max(100),
  default_aggregation: z.strictObject({ formula: z.enum(['sum', 'count', 'last']) }),
  customer_mapping: z.strictObject({ type: z.literal('by_id'), event_payload_key: z.literal('stripe_customer_id') }).optional(),
  value_settings: z.strictObject({ event_payload_key: z.literal('value') }).optional(),
  expand: Expand,
});
const NewEvent = z.strictObject({
  event_name: z.string(),
  payload: z.strictObject({ stripe_customer_id: z.string(), value: z.string() }),
  identifier: z.string().max(100).optional(),
  timestamp: Int.optional(),
  expand: Expand,
});
const Summaries = z.strictObject({ customer: z.string(), start_time: Int, end_time: Int, limit: Paging.limit, expand: Expand });

/** Meters, and what was counted by them. */
export const METER_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/billing/meters',
    answer({ ledger }, form) {
      const { display_name: name, event_name: event, default_aggregation: aggregation } = parsed(NewMeter, form);
      if (meterOf(ledger, event))
        throw StripeRefusal.invalid(`There is already an active meter with the event name ${event}.`, 'event_name');
      const meter = newMeter(ledger.now(), event, name, aggregation.formula);
      ledger.meters.set(meter.id, meter);
      ledger.tell('billing.meter.created', meter, meter.created);
      return meter;
    },
  },
  {
    method: 'GET',
    path: '/v1/billing/meters',
    answer: ({ ledger }, form) => page('/v1/billing/meters', ledger.meters.values(), parsed(z.strictObject(Paging), form)),
  },
  { method: 'GET', path: '/v1/billing/meters/:id', answer: ({ ledger }, _form, [id]) => requireMeter(ledger, id) },
  {
    method: 'POST',
    path: '/v1/billing/meter_events',
    answer({ ledger }, form) {
      const { event_name: event, payload, identifier = newId('mevt'), timestamp } = parsed(NewEvent, form);
      const meter = meterOf(ledger, event);
      if (!meter) throw StripeRefusal.invalid(`No active meter found matching event name ${event}.`, 'event_name', 'no_meter');
      const { stripe_customer_id: customer, value } = payload;
      ledger.requireCustomer(customer, 'payload[stripe_customer_id]');
      if (!/^\d+$/.test(value))
        throw StripeRefusal.invalid('The value of a meter event is a whole number that is not negative.', 'payload[value]');
      const now = ledger.now(customer);
      const at = timestamp ?? now;
      if (at < now - 35 * DAY || at > now + 300)
        throw StripeRefusal.invalid(
          'The timestamp must be within the past 35 calendar days and not more than 5 minutes in the future.',
          'timestamp',
          'timestamp_too_far_in_past',
        );
      if (ledger.usage.has(identifier)) throw StripeRefusal.invalid(`An event already exists with identifier ${identifier}.`, 'identifier');
      ledger.usage.set(identifier, { meter: meter.id, customer, value: Number(value), identifier, timestamp: at });
      return { object: 'billing.meter_event', created: now, event_name: event, identifier, livemode: false, payload, timestamp: at };
    },
  },
  {
    method: 'GET',
    path: '/v1/billing/meters/:id/event_summaries',
    answer({ ledger }, form, [id]) {
      const meter = requireMeter(ledger, id);
      const { customer, start_time: start, end_time: end } = parsed(Summaries, form);
      if (start % 60 !== 0 || end % 60 !== 0) throw StripeRefusal.invalid('Times must be aligned with minute boundaries.', 'start_time');
      const mine = [...ledger.usage.values()].filter(
        (each) => each.meter === id && each.customer === customer && each.timestamp >= start && each.timestamp < end,
      );
      const { formula } = meter.default_aggregation;
      const value =
        formula === 'count'
          ? mine.length
          : formula === 'last'
            ? (mine.at(-1)?.value ?? 0)
            : mine.reduce((sum, each) => sum + each.value, 0);
      const summary = {
        id: newId('mtrsum'),
        object: 'billing.meter_event_summary',
        aggregated_value: value,
        start_time: start,
        end_time: end,
        livemode: false,
        meter: id,
      };
      return { object: 'list', url: `/v1/billing/meters/${id}/event_summaries`, has_more: false, data: mine.length === 0 ? [] : [summary] };
    },
  },
];

function meterOf(ledger: Ledger, event: string): ReturnType<typeof newMeter> | undefined {
  return [...ledger.meters.values()].find(({ event_name: name, status }) => name === event && status === 'active');
}

function requireMeter(ledger: Ledger, id: string): ReturnType<typeof newMeter> {
  const found = ledger.meters.get(id);
  if (!found) throw StripeRefusal.missing('meter', id);
  return found;
}
