import { standingOf } from '#control/billing/billing-standing.js';
import type { SubscriptionRecord } from '#catalog/billing/subscription-record.js';

/** What the admin of a tenant is written about money, in the order in which it may come. */
export const OWING_NOTICES = ['paused', 'owing-0', 'owing-3', 'owing-6', 'suspended'] as const;
export type OwingNotice = (typeof OWING_NOTICES)[number];

const DAY_MS = 86_400_000;

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
  const days = (now.getTime() - since.getTime()) / DAY_MS;
  return days >= 6 ? 'owing-6' : days >= 3 ? 'owing-3' : 'owing-0';
}

/** Whether `notice` comes after what was written before; nothing is written twice, and nothing milder after what is graver. */
export function isNews(notice: OwingNotice | null, told: string | null): notice is OwingNotice {
  if (notice === null) return false;
  return OWING_NOTICES.indexOf(notice) > (OWING_NOTICES as readonly (string | null)[]).indexOf(told);
}
