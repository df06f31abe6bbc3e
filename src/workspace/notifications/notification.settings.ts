import { z } from 'zod';
import { settingKey } from '#kernel/plugin/setting-key.js';

/** What a tenant can have its own way with notifications. */
export const NOTIFICATION_SETTINGS = {
  digestMinutes: settingKey<number>({
    name: 'notifications.digest-minutes',
    schema: z.int().min(1).max(1_440),
    default: 10,
    owner: 'notifications',
    description: 'Minutes within which many mails of one category to one member become one; also how long it waits for the others.',
  }),
} as const;
