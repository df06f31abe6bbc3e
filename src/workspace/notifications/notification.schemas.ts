import { z } from 'zod';
import { Instant, Limit } from '#workspace/schemas.js';
import { CATEGORY_NAMES } from './notification-categories.js';

/** Which notifications; with `unread=true` those that were not read, with `unread=false` those that were. */
export const ListNotifications = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  unread: z.enum(['true', 'false']).optional(),
});
export type ListNotifications = z.infer<typeof ListNotifications>;

export const NotificationId = z.uuid();

/** The newest that counts as seen: its id, or its `createdAt`. Without it all that there are at this moment. */
export const ReadAll = z
  .strictObject({ before: z.union([Instant, z.uuid()]).optional() })
  .optional()
  .default({})
  .meta({ id: 'ReadAll' });
export type ReadAll = z.infer<typeof ReadAll>;

/** A notification as its member sees it; `link` is an address on the tenant's own host. */
export const NotificationView = z
  .strictObject({
    id: z.uuid(),
    category: z.enum(CATEGORY_NAMES),
    key: z.string(),
    title: z.string(),
    body: z.string(),
    link: z.string().nullable(),
    severity: z.enum(['info', 'critical']),
    createdAt: z.iso.datetime(),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Notification' });
export type NotificationView = z.infer<typeof NotificationView>;

/** Newest first; `nextCursor` is null on the last page. */
export const NotificationPage = z
  .strictObject({ data: z.array(NotificationView), nextCursor: z.string().nullable() })
  .meta({ id: 'NotificationPage' });
export type NotificationPage = z.infer<typeof NotificationPage>;

export const UnreadCount = z.strictObject({ count: z.int() }).meta({ id: 'UnreadCount' });
export type UnreadCount = z.infer<typeof UnreadCount>;
