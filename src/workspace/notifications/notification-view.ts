import { rowTime } from '#kernel/model/row-time.js';
import type { NotificationTables } from './notification-tables.js';
import type { NotificationView } from './notification.schemas.js';

/** What of a row its member sees. */
export const VIEW_COLUMNS = ['id', 'category', 'key', 'title', 'body', 'link', 'severity', 'created_at', 'read_at'] as const;

/** A row, for its member. */
export function notificationView({
  created_at,
  read_at,
  ...same
}: Pick<NotificationTables['notification'], (typeof VIEW_COLUMNS)[number]>): NotificationView {
  return { ...same, createdAt: rowTime(created_at).toISOString(), readAt: read_at && rowTime(read_at).toISOString() };
}
