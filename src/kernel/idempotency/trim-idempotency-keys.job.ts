import { Injectable } from '@nestjs/common';
import type { IdempotencyTables } from '#kernel/idempotency/idempotency-table.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { trimBatches } from '#kernel/jobs/trim-batches.js';

const HOUR_MS = 3_600_000;

/** Takes away answers that are not given again any more. */
@Injectable()
export class TrimIdempotencyKeys implements JobHandler {
  static readonly job: JobDeclaration = { name: 'idempotency.trim-keys', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(private readonly contexts: TenantContextFactory) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const now = new Date();
    await trimBatches(signal, (atMost) =>
      this.contexts
        .reads<IdempotencyTables>()
        .deleteFrom('idempotency_key')
        .where('expires_at', '<', now)
        .where((eb) => {
          const old = eb
            .selectFrom('idempotency_key')
            .select(['principal', 'route', 'key'])
            .where('expires_at', '<', now)
            .orderBy('expires_at');
          return eb(eb.refTuple('principal', 'route', 'key'), 'in', old.limit(atMost).$asTuple('principal', 'route', 'key'));
        })
        .executeTakeFirst(),
    );
  }
}

/** Often enough that a day's keys are never many more than a day's. */
export const TRIM_IDEMPOTENCY_KEYS: Schedule = {
  name: 'idempotency.trim-keys',
  handler: TrimIdempotencyKeys,
  every: { milliseconds: 6 * HOUR_MS },
};
