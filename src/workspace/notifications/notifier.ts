import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { rowTime } from '#kernel/model/row-time.js';
import { Clock } from '#kernel/work/clock.js';
import { LiveChannel } from './live/live-channel.js';
import { MailDesk } from './mail/mail-desk.js';
import { cut, type Notice } from './notice.js';
import { isCritical } from './notification-categories.js';
import type { NotificationTables } from './notification-tables.js';
import { wishOf } from './preferences/preference-order.js';
import { PreferencesService } from './preferences/preferences.service.js';

/**
 * Tells members, each in the places they want, in the transaction of the job that found out: once for each notice however often the job runs.
 * What goes into one member's inbox is numbered by its time, strictly in the order of the commits, so that whoever has seen one has been able
 * to see all before it.
 */
@Injectable()
export class Notifier {
  constructor(
    private readonly preferences: PreferencesService,
    private readonly mails: MailDesk,
    private readonly live: LiveChannel,
    private readonly clock: Clock,
  ) {}

  /** Who is gone or disabled is not told; who has not come yet is told of nothing but how to. Raises NoTransactionError. */
  async tell(notices: readonly Notice[]): Promise<void> {
    const transaction = TenantTransaction.require('notify');
    // In one order everywhere, because each turn is held until the commit.
    for (const notice of [...notices].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))) await this.#tellOne(transaction, notice);
  }

  async #tellOne(transaction: TenantTransaction, given: Notice): Promise<void> {
    const notice = { ...given, title: cut(given.title, 'title'), body: cut(given.body, 'body') };
    const { memberId, category } = notice;
    const member = await transaction
      .sql<NotificationTables>()
      .selectFrom('member')
      .select('status')
      .where('id', '=', memberId)
      .forNoKeyUpdate()
      .executeTakeFirst();
    if (!member || member.status === 'disabled' || (member.status === 'invited' && category !== 'account')) return;
    const said = await this.preferences.said(memberId);
    if (wishOf(category, 'inbox', said).enabled) await this.#putIntoInbox(transaction, notice);
    if (wishOf(category, 'mail', said).enabled) await this.mails.post(transaction, notice, this.clock.now());
  }

  async #putIntoInbox(transaction: TenantTransaction, { memberId, dedupeKey, title, body, ...notice }: Notice): Promise<void> {
    const statements = transaction.sql<NotificationTables>();
    const newest = await statements
      .selectFrom('notification')
      .select('created_at')
      .where('member_id', '=', memberId)
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirst();
    const after = newest ? rowTime(newest.created_at).getTime() + 1 : 0;
    const id = randomUUIDv7();
    const made = await statements
      .insertInto('notification')
      .values({
        tenant_id: transaction.tenant.id,
        id,
        member_id: memberId,
        category: notice.category,
        key: notice.key,
        title,
        body,
        link: notice.link,
        severity: isCritical(notice.category) ? 'critical' : 'info',
        dedupe_key: dedupeKey,
        created_at: new Date(Math.max(this.clock.now().getTime(), after)),
        read_at: null,
      })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id', 'dedupe_key']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made) transaction.afterCommit(async () => this.live.tell({ tenantId: transaction.tenant.id, memberId, notificationId: id }));
  }
}
