import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { rowTime } from '#kernel/model/row-time.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { Notice } from '../notice.js';
import { TenantSettings } from '#workspace/settings/tenant-settings.js';
import { isCritical } from '../notification-categories.js';
import type { NotificationTables } from '../notification-tables.js';
import { NOTIFICATION_SETTINGS } from '../notification.settings.js';
import { DELIVERY_LIMITS } from './delivery-limits.js';
import { SendDigest } from './send-digest.job.js';
import { SendMail } from './send-mail.job.js';

const { digestFrom, holdMs } = DELIVERY_LIMITS;

interface Window {
  readonly now: Date;
  readonly windowMs: number;
}

/**
 * Puts mails on their way, in the transaction of the notice. What is critical goes by itself and at once; of the rest, so many of one category
 * for one member within the window become one mail at its end. The caller holds the member's turn, so counting is exact.
 */
@Injectable()
export class MailDesk {
  constructor(
    private readonly outbox: Outbox,
    private readonly settings: TenantSettings,
  ) {}

  async post(transaction: TenantTransaction, notice: Notice, now: Date): Promise<void> {
    const { memberId, category } = notice;
    const id = await insert(transaction, notice, now);
    if (id === null) return;
    if (isCritical(category)) {
      this.outbox.enqueue(SendMail, { deliveryId: id });
      return;
    }
    const windowMs = (await this.settings.resolve(NOTIFICATION_SETTINGS.digestMinutes)) * 60_000;
    if (await this.#isCrowded(transaction, notice, { now, windowMs }))
      await this.#gather(transaction, { memberId, category, id }, { now, windowMs });
    else this.outbox.enqueue(SendMail, { deliveryId: id }, { dueAt: later(now, holdMs) });
  }

  async #isCrowded(transaction: TenantTransaction, { memberId, category }: Notice, { now, windowMs }: Window): Promise<boolean> {
    const { recent } = await transaction
      .sql<NotificationTables>()
      .selectFrom('mail_delivery')
      .select(({ fn }) => fn.countAll<string>().as('recent'))
      .where('member_id', '=', memberId)
      .where('category', '=', category)
      .where('created_at', '>', later(now, -windowMs))
      .executeTakeFirstOrThrow();
    return Number(recent) >= digestFrom;
  }

  /** Those that are not sent yet come along. Whoever begins the gathering asks for its end. */
  async #gather(
    transaction: TenantTransaction,
    { memberId, category, id }: Pick<Notice, 'memberId' | 'category'> & { id: string },
    { now, windowMs }: Window,
  ): Promise<void> {
    const statements = transaction.sql<NotificationTables>();
    const begun = await statements
      .selectFrom('mail_delivery')
      .select('created_at')
      .where('member_id', '=', memberId)
      .where('category', '=', category)
      .where('state', '=', 'gathered')
      .orderBy('created_at')
      .limit(1)
      .executeTakeFirst();
    // One that waits for so long waits for a job that died.
    const isBegun = begun !== undefined && rowTime(begun.created_at) > later(now, -3 * windowMs);
    await statements
      .updateTable('mail_delivery')
      .set({ state: 'gathered' })
      .where('member_id', '=', memberId)
      .where('category', '=', category)
      .where('state', '=', 'pending')
      .where('attempts', '=', 0)
      .execute();
    if (!isBegun) this.outbox.enqueue(SendDigest, { memberId, category }, { dueAt: later(now, windowMs), dedupe: `digest:${id}` });
  }
}

async function insert(transaction: TenantTransaction, { memberId, category, ...notice }: Notice, now: Date): Promise<string | null> {
  const made = await transaction
    .sql<NotificationTables>()
    .insertInto('mail_delivery')
    .values({
      tenant_id: transaction.tenant.id,
      id: randomUUIDv7(),
      member_id: memberId,
      category,
      title: notice.title,
      body: notice.body,
      link: notice.link,
      token_purpose: notice.token?.purpose ?? null,
      token_id: notice.token?.id ?? null,
      dedupe_key: notice.dedupeKey,
      state: 'pending',
      digest_id: null,
      attempts: 0,
      error: null,
      created_at: now,
      sent_at: null,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'member_id', 'dedupe_key']).doNothing())
    .returning('id')
    .executeTakeFirst();
  return made?.id ?? null;
}

function later(now: Date, milliseconds: number): Date {
  return new Date(now.getTime() + milliseconds);
}
