import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { rowTime } from '#kernel/model/row-time.js';
import { notificationView, VIEW_COLUMNS } from '../notification-view.js';
import type { NotificationTables } from '../notification-tables.js';
import type { NotificationView } from '../notification.schemas.js';

/** Reads one member's notifications in the order in which they were told, in the tenant in scope. Times of one member are all different and never go back. */
@Injectable()
export class InboxReader {
  constructor(private readonly contexts: TenantContextFactory) {}

  async after(memberId: string, at: Date, limit: number): Promise<NotificationView[]> {
    const rows = await this.contexts
      .reads<NotificationTables>()
      .selectFrom('notification')
      .select(VIEW_COLUMNS)
      .where('member_id', '=', memberId)
      .where('created_at', '>', at)
      .orderBy('created_at')
      .limit(limit)
      .execute();
    return rows.map(notificationView);
  }

  /** When one of the member's was told; null when there is no such one. */
  async timeOf(memberId: string, id: string): Promise<Date | null> {
    const found = await this.#times().where('member_id', '=', memberId).where('id', '=', id).executeTakeFirst();
    return found ? rowTime(found.created_at) : null;
  }

  /** When the newest was told; the beginning of time when there is none. */
  async newest(memberId: string): Promise<Date> {
    const found = await this.#times().where('member_id', '=', memberId).orderBy('created_at', 'desc').limit(1).executeTakeFirst();
    return found ? rowTime(found.created_at) : new Date(0);
  }

  #times() {
    return this.contexts.reads<NotificationTables>().selectFrom('notification').select('created_at');
  }
}
