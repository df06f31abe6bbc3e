import { z } from 'zod';
import { CATEGORY_NAMES, CHANNELS, isCritical } from '../notification-categories.js';

const PreferenceItem = z
  .strictObject({
    /** Null or missing: every category that can be muted. */
    category: z.enum(CATEGORY_NAMES).nullable().default(null),
    channel: z.enum(CHANNELS),
    enabled: z.boolean(),
  })
  .refine(({ category }) => category === null || !isCritical(category), { path: ['category'], error: 'cannot be muted' });

/** All that one wants to be different from what holds anyway; what was said before and is not given is forgotten. */
export const SetPreferences = z
  .strictObject({
    preferences: z
      .array(PreferenceItem)
      .max(50)
      .refine((given) => new Set(given.map(({ category, channel }) => `${category ?? '*'}/${channel}`)).size === given.length, {
        error: 'names one category and channel twice',
      }),
  })
  .meta({ id: 'SetPreferences' });
export type SetPreferences = z.infer<typeof SetPreferences>;

/** What was said, and what holds for each category and channel and by which rule. */
export const PreferencesView = z
  .strictObject({
    preferences: z.array(z.strictObject({ category: z.enum(CATEGORY_NAMES).nullable(), channel: z.enum(CHANNELS), enabled: z.boolean() })),
    effective: z.array(
      z.strictObject({
        category: z.enum(CATEGORY_NAMES),
        channel: z.enum(CHANNELS),
        enabled: z.boolean(),
        source: z.enum(['critical', 'member-category', 'member-channel', 'tenant', 'system']),
      }),
    ),
  })
  .meta({ id: 'NotificationPreferences' });
export type PreferencesView = z.infer<typeof PreferencesView>;
