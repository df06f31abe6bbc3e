import type Stripe from 'stripe';
import { newId } from '../new-id.js';

/** A meter that adds up `value` for each customer. */
export function newMeter(
  created: number,
  eventName: string,
  displayName: string,
  formula: 'sum' | 'count' | 'last' = 'sum',
): Stripe.Billing.Meter {
  return {
    id: newId('mtr', 24),
    object: 'billing.meter',
    created,
    customer_mapping: { event_payload_key: 'stripe_customer_id', type: 'by_id' },
    default_aggregation: { formula },
    display_name: displayName,
    event_name: eventName,
    event_time_window: null,
    livemode: false,
    status: 'active',
    status_transitions: { deactivated_at: null },
    updated: created,
    value_settings: { event_payload_key: 'value' },
  };
}
