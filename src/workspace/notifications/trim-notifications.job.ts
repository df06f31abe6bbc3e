import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { Clock } from '#kernel/work/clock.js';
import { KEPT_DAYS } from './mail/delivery-limits.js';
import type { NotificationTables } from './notification-tables.js';

const DAY_MS = 86_400_000;

/** Takes away what members were told long ago, read or not, and what became of the mails. */
@Injectable()
export class TrimNotifications implements JobHandler {
  static readonly job: JobDeclaration = { name: 'notifications.trim', order: 'none', permission: 'platform' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly clock: Clock,
  ) {}

  async handle(): Promise<void> {
    const statements = this.contexts.reads<NotificationTables>();
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await statements.deleteFrom('notification').where('created_at', '<', before).execute();
    await statements.deleteFrom('mail_delivery').where('created_at', '<', before).execute();
  }
}

/** Once a day, when most are asleep in most regions. */
export const TRIM_NOTIFICATIONS_DAILY: Schedule = {
  name: 'notifications.trim',
  handler: TrimNotifications,
  every: { dayAt: { hour: 2, minute: 45 } },
};
