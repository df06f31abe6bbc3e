import type { AppliedStanding, SubscriptionRecord } from '#catalog/billing/subscription-record.js';
import type { TenantAccess } from '#kernel/tenancy/tenant.js';

const DAY_MS = 86_400_000;

/** Days after which a tenant that owes may only read, and after which it is suspended; of one the provider has given up, the latter. */
export const GRACE_DAYS = { readOnlyAfter: 7, suspendedAfter: 14, unpaidSuspendedAfter: 7 } as const;

/** What a tenant may by what it pays; null leaves what there is. */
export interface BillingStanding {
  readonly access: TenantAccess | null;
  readonly status: AppliedStanding | null;
}

type StandingFacts = Pick<SubscriptionRecord, 'status' | 'pastDueSince' | 'unpaidSince' | 'periodEnd'>;

/** By status and never by price. At the instant a grace is over it is over. */
export function standingOf(facts: StandingFacts, now: Date): BillingStanding {
  switch (facts.status) {
    case 'trialing':
    case 'active':
      return { access: 'full', status: 'active' };
    case 'past_due':
      return owing(facts.pastDueSince ?? now, now);
    case 'unpaid': {
      const isOver = isDaysAfter(facts.unpaidSince ?? now, GRACE_DAYS.unpaidSuspendedAfter, now);
      const hasOwedTooLong = facts.pastDueSince !== null && owing(facts.pastDueSince, now).status === 'suspended';
      return { access: 'read-only', status: isOver || hasOwedTooLong ? 'suspended' : 'active' };
    }
    case 'paused':
      return { access: 'read-only', status: 'active' };
    case 'incomplete':
      return { access: null, status: null };
    case 'canceled':
    case 'incomplete_expired':
      if (now >= facts.periodEnd) return { access: null, status: 'cancelled' };
      return facts.pastDueSince === null ? { access: null, status: null } : owing(facts.pastDueSince, now);
  }
}

/** Since when it owes: from the platform's first sight of it, however often it fails again, until it pays. */
export function owingSince(
  status: SubscriptionRecord['status'],
  before: Pick<SubscriptionRecord, 'pastDueSince' | 'unpaidSince'> | null,
  now: Date,
): Pick<SubscriptionRecord, 'pastDueSince' | 'unpaidSince'> {
  if (status === 'trialing' || status === 'active') return { pastDueSince: null, unpaidSince: null };
  const { pastDueSince = null, unpaidSince = null } = before ?? {};
  return {
    pastDueSince: pastDueSince ?? (status === 'past_due' ? now : null),
    unpaidSince: unpaidSince ?? (status === 'unpaid' ? now : null),
  };
}

function owing(since: Date, now: Date): BillingStanding {
  if (isDaysAfter(since, GRACE_DAYS.suspendedAfter, now)) return { access: 'read-only', status: 'suspended' };
  return { access: isDaysAfter(since, GRACE_DAYS.readOnlyAfter, now) ? 'read-only' : 'full', status: 'active' };
}

function isDaysAfter(since: Date, days: number, now: Date): boolean {
  return now.getTime() - since.getTime() >= days * DAY_MS;
}
