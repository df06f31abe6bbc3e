import type Stripe from 'stripe';
import type { Interval } from '../calendar.js';
import { newId } from '../new-id.js';

export interface GivenPrice {
  readonly product: string;
  readonly currency: string;
  readonly unitAmount: number;
  readonly interval: Interval;
  readonly intervalCount: number;
  readonly lookupKey: string | null;
  readonly nickname?: string | undefined;
  readonly metadata: Record<string, string>;
  readonly meter?: string | undefined;
}

/** A price that recurs; one with a meter is charged by usage. */
export function newPrice(created: number, given: GivenPrice): Stripe.Price {
  const meter = given.meter ?? null;
  return {
    id: newId('price', 24),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created,
    currency: given.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: given.lookupKey,
    metadata: given.metadata,
    nickname: given.nickname ?? null,
    product: given.product,
    recurring: {
      interval: given.interval,
      interval_count: given.intervalCount,
      meter,
      trial_period_days: null,
      usage_type: meter === null ? 'licensed' : 'metered',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'recurring',
    unit_amount: given.unitAmount,
    unit_amount_decimal: null,
  };
}

/** The older shape of a price, which items still carry. */
export function planOf(price: Stripe.Price): Stripe.Plan {
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: null,
    billing_scheme: 'per_unit',
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: false,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  };
}

/** What is sold. */
export function newProduct(created: number, given: { id?: string; name: string; metadata: Record<string, string> }): Stripe.Product {
  return {
    id: given.id ?? newId('prod', 14),
    object: 'product',
    active: true,
    created,
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: given.metadata,
    name: given.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: created,
    url: null,
  };
}
