import type Stripe from 'stripe';
import { newId } from '../new-id.js';
import { planOf } from './price.js';

export interface GivenSubscription {
  readonly customer: string;
  readonly currency: string;
  readonly collectionMethod: 'charge_automatically' | 'send_invoice';
  readonly daysUntilDue: number | null;
  readonly metadata: Record<string, string>;
  readonly trialEnd: number | null;
  readonly missingPaymentMethod: 'cancel' | 'create_invoice' | 'pause';
  readonly cancelAtPeriodEnd: boolean;
}

/** A subscription without items yet. */
export function newSubscription(created: number, given: GivenSubscription): Stripe.Subscription {
  const id = newId('sub', 24);
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: given.trialEnd ?? created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: given.cancelAtPeriodEnd,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: given.collectionMethod,
    created,
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    days_until_due: given.daysUntilDue,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: { type: 'self' } },
    items: { object: 'list', data: [], has_more: false, url: `/v1/subscription_items?subscription=${id}` },
    latest_invoice: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: created,
    status: 'incomplete',
    test_clock: null,
    transfer_data: null,
    trial_end: given.trialEnd,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, missing_payment_method: given.missingPaymentMethod } },
    trial_start: given.trialEnd === null ? null : created,
  };
}

/** One thing that a subscription pays for in the period given. */
export function newItem(
  subscription: string,
  price: Stripe.Price,
  period: { start: number; end: number; created: number },
  quantity: number,
): Stripe.SubscriptionItem {
  return {
    id: newId('si', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: period.created,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price,
    ...(price.recurring?.usage_type === 'licensed' && { quantity }),
    subscription,
    tax_rates: [],
  };
}
