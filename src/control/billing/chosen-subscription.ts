import { isLive, type SubscriptionFacts, type SubscriptionStatus } from '#control/billing/billing-facts.js';

/** From what counts most to what counts least, when a customer has several. */
const ORDER: readonly SubscriptionStatus[] = [
  'active',
  'trialing',
  'past_due',
  'unpaid',
  'paused',
  'incomplete',
  'canceled',
  'incomplete_expired',
];

/** The one of a customer's subscriptions that counts: a live one before those that ended, and of equals the newest; null when there is none. */
export function chosenSubscription(subscriptions: readonly SubscriptionFacts[]): SubscriptionFacts | null {
  const rank = ({ status }: SubscriptionFacts): number => (isLive(status) ? ORDER.indexOf(status) : ORDER.length);
  const age = ({ createdAt, id }: SubscriptionFacts): [number, string] => [-createdAt.getTime(), id];
  const [first = null] = [...subscriptions].sort((one, other) => {
    const [a, b] = [age(one), age(other)];
    return rank(one) - rank(other) || a[0] - b[0] || a[1].localeCompare(b[1]);
  });
  return first;
}
