import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { trimBatches } from '#kernel/jobs/trim-batches.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';

/** Days for which an ended job is remembered, by how it ended; what is not ended is never taken away. */
const KEPT_DAYS = { done: 7, dead: 90 } as const;

/** Takes away the records of jobs that ended long ago. */
@Injectable()
export class TrimOutbox implements JobHandler {
  static readonly job: JobDeclaration = { name: 'jobs.trim-outbox', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(private readonly contexts: TenantContextFactory) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    for (const state of ['done', 'dead'] as const) await trimBatches(signal, (atMost) => this.#trim(state, atMost));
  }

  #trim(state: keyof typeof KEPT_DAYS, atMost: number) {
    return this.contexts
      .reads<OutboxTables>()
      .deleteFrom('tenancy.outbox')
      .where('state', '=', state)
      .where('id', 'in', (old) =>
        old
          .selectFrom('tenancy.outbox')
          .select('id')
          .where('state', '=', state)
          .where('finished_at', '<', sql<Date>`clock_timestamp() - make_interval(days => ${KEPT_DAYS[state]}::integer)`)
          .orderBy('finished_at')
          .limit(atMost),
      )
      .executeTakeFirst();
  }
}

/** Once a day, when most are asleep in most regions. */
export const TRIM_OUTBOX_DAILY: Schedule = { name: 'jobs.trim-outbox', handler: TrimOutbox, every: { dayAt: { hour: 2, minute: 30 } } };
