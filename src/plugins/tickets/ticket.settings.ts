import { z } from 'zod';
import { atMostGiven, settingKey } from '#kernel/plugin/setting-key.js';

/** What a tenant can have its own way with tickets. */
export const TICKET_SETTINGS = {
  uploadMb: settingKey<number>({
    name: 'limits.upload-mb',
    // A file's size is kept as a 32-bit integer.
    schema: z.int().min(1).max(2_000),
    default: 10,
    owner: 'tickets',
    description: 'Megabytes (10^6 bytes) that one file put to a ticket may have; at most what the plan gives.',
    narrow: atMostGiven,
  }),
} as const;
