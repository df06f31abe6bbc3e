import { randomUUIDv7 } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { Clock } from '#kernel/work/clock.js';
import type { Category } from '../notification-categories.js';
import type { NotificationTables } from '../notification-tables.js';
import { SendMail } from './send-mail.job.js';

/** Makes one mail of all that was gathered of a category for a member since the last one. */
@Injectable()
export class SendDigest implements JobHandler<{ memberId: string; category: Category }> {
  static readonly job: JobDeclaration = { name: 'notifications.send-digest', order: 'none', permission: 'platform' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async handle({ memberId, category }: { memberId: string; category: Category }, job: Pick<JobTry, 'id'>): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const statements = transaction.sql<NotificationTables>();
      const id = randomUUIDv7();
      // The member's turn, so that what is being gathered at this moment is either in this digest or begins the next.
      await statements.selectFrom('member').select('id').where('id', '=', memberId).forNoKeyUpdate().execute();
      const { numUpdatedRows } = await statements
        .updateTable('mail_delivery')
        .set({ state: 'digested', digest_id: id })
        .where('member_id', '=', memberId)
        .where('category', '=', category)
        .where('state', '=', 'gathered')
        .executeTakeFirst();
      if (numUpdatedRows === 0n) return;
      await statements
        .insertInto('mail_delivery')
        .values({
          ...{ tenant_id: transaction.tenant.id, id, member_id: memberId, category },
          ...{ title: `${numUpdatedRows} new notifications`, body: '', link: '/notifications', token_purpose: null, token_id: null },
          ...{ dedupe_key: `digest:${job.id}`, state: 'pending', digest_id: null, attempts: 0, error: null },
          ...{ created_at: this.clock.now(), sent_at: null },
        })
        .execute();
      this.outbox.enqueue(SendMail, { deliveryId: id });
    });
  }
}
