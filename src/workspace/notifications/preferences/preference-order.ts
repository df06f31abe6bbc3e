import { CATEGORIES, type Category, type Channel } from '../notification-categories.js';

/** Something somebody said about being told; without a category it holds for the whole channel, without a member for the whole tenant. */
export interface Preference {
  readonly memberId: string | null;
  readonly category: Category | null;
  readonly channel: Channel;
  readonly enabled: boolean;
}

/** Which rule decided. */
export type PreferenceSource = 'critical' | 'member-category' | 'member-channel' | 'tenant' | 'system';

/** Whether a member is told of a category by a channel, and why. */
export interface Wish {
  readonly enabled: boolean;
  readonly source: PreferenceSource;
}

/**
 * What is critical cannot be muted; else the member's word on the category, the member's on the channel, the tenant's (on the category before
 * the channel) and what holds when nobody said anything, in this order. `said` are those of one member and of the tenant.
 */
export function wishOf(category: Category, channel: Channel, said: readonly Preference[]): Wish {
  const { isCritical, defaults } = CATEGORIES[category];
  if (isCritical) return { enabled: defaults[channel], source: 'critical' };
  const find = (isMembers: boolean, about: Category | null): Preference | undefined =>
    said.find((one) => (one.memberId !== null) === isMembers && one.category === about && one.channel === channel);
  const asked: readonly (readonly [PreferenceSource, Preference | undefined])[] = [
    ['member-category', find(true, category)],
    ['member-channel', find(true, null)],
    ['tenant', find(false, category) ?? find(false, null)],
  ];
  for (const [source, found] of asked) if (found) return { enabled: found.enabled, source };
  return { enabled: defaults[channel], source: 'system' };
}
