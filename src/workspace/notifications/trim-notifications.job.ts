import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { trimBatches } from '#kernel/jobs/trim-batches.js';
import { Clock } from '#kernel/work/clock.js';
import { KEPT_DAYS } from './mail/delivery-limits.js';
import type { NotificationTables } from './notification-tables.js';

const DAY_MS = 86_400_000;

/** Takes away what members were told long ago, read or not, and what became of the mails. */
@Injectable()
export class TrimNotifications implements JobHandler {
  static readonly job: JobDeclaration = { name: 'notifications.trim', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly clock: Clock,
  ) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const statements = this.contexts.reads<NotificationTables>();
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    for (const table of ['notification', 'mail_delivery'] as const) {
      await trimBatches(signal, (atMost) =>
        statements
          .deleteFrom(table)
          .where('id', 'in', (old) =>
            old.selectFrom(table).select('id').where('created_at', '<', before).orderBy('created_at').limit(atMost),
          )
          .executeTakeFirst(),
      );
    }
  }
}

/** Once a day, when most are asleep in most regions. */
export const TRIM_NOTIFICATIONS_DAILY: Schedule = {
  name: 'notifications.trim',
  handler: TrimNotifications,
  every: { dayAt: { hour: 2, minute: 45 } },
};
