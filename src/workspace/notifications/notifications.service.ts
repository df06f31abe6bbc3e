import { Injectable } from '@nestjs/common';
import { type TenantReads, TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { Clock } from '#kernel/work/clock.js';
import { notificationView, VIEW_COLUMNS } from './notification-view.js';
import type { NotificationTables } from './notification-tables.js';
import { NotificationNotFoundError } from './notification.errors.js';
import type { ListNotifications, NotificationPage, NotificationView, ReadAll, UnreadCount } from './notification.schemas.js';

/** One member's own notifications in the tenant in scope; those of others are not there. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly clock: Clock,
  ) {}

  /** Newest first. Raises CursorInvalidError. */
  async list(memberId: string, { limit, cursor, unread }: ListNotifications): Promise<NotificationPage> {
    const scope = ['notifications', { memberId, unread }] as const;
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, scope);
    let query = this.#reads().selectFrom('notification').select(VIEW_COLUMNS).where('member_id', '=', memberId);
    if (unread !== undefined) query = query.where('read_at', unread === 'true' ? 'is' : 'is not', null);
    if (after) query = query.where('created_at', '<', after.at);
    const rows = await query
      .orderBy('created_at', 'desc')
      .limit(limit + 1)
      .execute();
    return this.cursors.page(rows.map(notificationView), limit, scope, ({ id, createdAt }) => ({ id, at: new Date(createdAt) }));
  }

  async unreadCount(memberId: string): Promise<UnreadCount> {
    const { count } = await this.#reads()
      .selectFrom('notification')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('member_id', '=', memberId)
      .where('read_at', 'is', null)
      .executeTakeFirstOrThrow();
    return { count: Number(count) };
  }

  /** When it was first read is kept. Raises NotificationNotFoundError. */
  async read(memberId: string, id: string): Promise<NotificationView> {
    const read = await this.#reads()
      .updateTable('notification')
      .set((eb) => ({ read_at: eb.fn.coalesce('read_at', eb.val(this.clock.now())) }))
      .where('id', '=', id)
      .where('member_id', '=', memberId)
      .returning(VIEW_COLUMNS)
      .executeTakeFirst();
    if (!read) throw new NotificationNotFoundError(id);
    return notificationView(read);
  }

  /**
   * Gives how many became read. Never one that is newer than `before`; without it none that comes while this runs, because a statement
   * does not see it. Raises NotificationNotFoundError when `before` names none of this member's.
   */
  async readAll(memberId: string, { before }: ReadAll): Promise<UnreadCount> {
    const upTo = typeof before === 'string' ? new Date((await this.#find(memberId, before)).createdAt) : before;
    let query = this.#reads()
      .updateTable('notification')
      .set({ read_at: this.clock.now() })
      .where('member_id', '=', memberId)
      .where('read_at', 'is', null);
    if (upTo) query = query.where('created_at', '<=', upTo);
    const { numUpdatedRows } = await query.executeTakeFirst();
    return { count: Number(numUpdatedRows) };
  }

  async #find(memberId: string, id: string): Promise<NotificationView> {
    const found = await this.#reads()
      .selectFrom('notification')
      .select(VIEW_COLUMNS)
      .where('id', '=', id)
      .where('member_id', '=', memberId)
      .executeTakeFirst();
    if (!found) throw new NotificationNotFoundError(id);
    return notificationView(found);
  }

  #reads(): TenantReads<NotificationTables> {
    return this.contexts.reads<NotificationTables>();
  }
}
