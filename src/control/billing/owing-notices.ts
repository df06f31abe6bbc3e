import { GRACE_DAYS, standingOf } from '#control/billing/billing-standing.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';

/** What the admin of a tenant is written about money, in the order in which it may come. */
export const OWING_NOTICES = ['paused', 'owing', 'owing-still', 'owing-last', 'unpaid', 'suspended'] as const;
export type OwingNotice = (typeof OWING_NOTICES)[number];

const DAY_MS = 86_400_000;
/** Days after which the admin is written again, and for the last time before nothing can be changed. */
const STILL_AFTER = Math.floor(GRACE_DAYS.readOnlyAfter / 2);
const LAST_AFTER = GRACE_DAYS.readOnlyAfter - 1;

/** What the admin should have been written by now; of several that are due, the last. Null when nothing is owed. */
export function owingNotice(
  record: Pick<SubscriptionRecord, 'status' | 'pastDueSince' | 'unpaidSince' | 'periodEnd'>,
  now: Date,
): OwingNotice | null {
  const { status } = standingOf(record, now);
  if (status === 'suspended') return 'suspended';
  if (record.status === 'paused') return 'paused';
  const since = record.pastDueSince ?? record.unpaidSince;
  if (since === null || status === 'cancelled') return null;
  if (record.status === 'unpaid') return 'unpaid';
  const days = (now.getTime() - since.getTime()) / DAY_MS;
  if (days >= LAST_AFTER) return 'owing-last';
  return days >= STILL_AFTER ? 'owing-still' : 'owing';
}

/** Whether `notice` comes after what was written before; nothing is written twice, and nothing milder after what is graver. */
export function isNews(notice: OwingNotice | null, told: string | null): notice is OwingNotice {
  if (notice === null) return false;
  return OWING_NOTICES.indexOf(notice) > (OWING_NOTICES as readonly (string | null)[]).indexOf(told);
}
