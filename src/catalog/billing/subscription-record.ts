/** The states of a subscription, in the provider's words. */
export type KeptStatus = 'incomplete' | 'incomplete_expired' | 'trialing' | 'active' | 'past_due' | 'canceled' | 'unpaid' | 'paused';

/** What was last done to a tenant because of what it pays. */
export type AppliedStanding = 'active' | 'suspended' | 'cancelled';

/** What the provider last said of a tenant's subscription. Money is in minor units of `currency`, for `intervalCount` times `interval`. */
export interface SubscriptionFacts {
  readonly subscriptionId: string;
  readonly status: KeptStatus;
  /** Null for a price that no plan has. */
  readonly plan: string | null;
  readonly priceId: string;
  readonly quantity: number;
  readonly amount: number;
  readonly currency: string;
  readonly interval: 'day' | 'week' | 'month' | 'year';
  readonly intervalCount: number;
  readonly periodStart: Date;
  readonly periodEnd: Date;
  readonly trialEnd: Date | null;
  readonly cancelAtPeriodEnd: boolean;
  /** The plan that follows, and when (RFC 3339). */
  readonly scheduled: { readonly plan: string | null; readonly at: string } | null;
}

/** The same with what the platform itself has seen and done. */
export interface SubscriptionRecord extends SubscriptionFacts {
  readonly tenantId: string;
  /** When the platform first saw that it owes; kept until it pays. */
  readonly pastDueSince: Date | null;
  readonly unpaidSince: Date | null;
  /** Null when nothing was done yet. */
  readonly applied: AppliedStanding | null;
  /** The last notice that its admin was written. */
  readonly told: string | null;
  readonly fetchedAt: Date;
  /** Goes up with each look at the provider, and with each mail. */
  readonly version: number;
}

/** A record as one query reads it. */
export interface SubscriptionRow {
  readonly tenant_id: string;
  readonly subscription_id: string;
  readonly status: KeptStatus;
  readonly plan: string | null;
  readonly price_id: string;
  readonly quantity: number;
  readonly amount: string;
  readonly currency: string;
  readonly interval: SubscriptionFacts['interval'];
  readonly interval_count: number;
  readonly period_start: string;
  readonly period_end: string;
  readonly trial_end: string | null;
  readonly cancel_at_period_end: boolean;
  readonly scheduled: string | null;
  readonly past_due_since: string | null;
  readonly unpaid_since: string | null;
  readonly applied: AppliedStanding | null;
  readonly told: string | null;
  readonly fetched_at: string;
  readonly version: string;
}

/** Reads SubscriptionRows; `s` is the subscription, for a `where` to follow. */
export const SELECT_SUBSCRIPTIONS = `select s.tenant_id, s.subscription_id, s.status, s.plan, s.price_id, s.quantity, s.amount::text, s.currency, s.interval,
    s.interval_count, s.period_start::text, s.period_end::text, s.trial_end::text, s.cancel_at_period_end, s.scheduled::text,
    s.past_due_since::text, s.unpaid_since::text, s.applied, s.told, s.fetched_at::text, s.version::text
  from billing_subscription s`;

export function subscriptionOf(row: SubscriptionRow): SubscriptionRecord {
  const at = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    ...{ tenantId: row.tenant_id, subscriptionId: row.subscription_id, status: row.status, plan: row.plan, priceId: row.price_id },
    ...{ quantity: row.quantity, amount: Number(row.amount), currency: row.currency },
    ...{ interval: row.interval, intervalCount: row.interval_count },
    ...{ periodStart: new Date(row.period_start), periodEnd: new Date(row.period_end), trialEnd: at(row.trial_end) },
    cancelAtPeriodEnd: row.cancel_at_period_end,
    scheduled: row.scheduled === null ? null : (JSON.parse(row.scheduled) as SubscriptionFacts['scheduled']),
    ...{ pastDueSince: at(row.past_due_since), unpaidSince: at(row.unpaid_since) },
    ...{ applied: row.applied, told: row.told, fetchedAt: new Date(row.fetched_at), version: Number(row.version) },
  };
}
