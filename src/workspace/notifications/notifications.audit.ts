import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

const Details = z.strictObject({ preferences: z.array(z.string()) });

/** What this part puts on record; each preference as `category/channel=on`, with `*` for all categories. */
export const NOTIFICATION_AUDIT = [
  auditAction('notifications.preferences-changed', Details),
  auditAction('notifications.defaults-changed', Details),
];
