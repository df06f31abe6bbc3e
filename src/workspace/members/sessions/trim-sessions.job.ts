import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { trimBatches } from '#kernel/jobs/trim-batches.js';
import { Clock } from '#kernel/work/clock.js';
import type { MemberTables } from '../member-tables.js';
import { SESSION_LIFETIMES } from './session-lifetimes.js';

/** Takes away sessions that could not have been renewed for so long that nobody's token tells of them, and one-time links of that age. */
@Injectable()
export class TrimSessions implements JobHandler {
  static readonly job: JobDeclaration = { name: 'members.trim-sessions', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly clock: Clock,
  ) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    const statements = this.contexts.reads<MemberTables>();
    const before = new Date(this.clock.now().getTime() - SESSION_LIFETIMES.rememberedMs);
    // Tokens first: a session may have thousands, and would take them all with it in one statement.
    await trimBatches(signal, (atMost) =>
      statements
        .deleteFrom('refresh_token')
        .where('hash', 'in', (old) =>
          old
            .selectFrom('refresh_token as token')
            .innerJoin('member_session as session', (on) =>
              on.onRef('session.tenant_id', '=', 'token.tenant_id').onRef('session.id', '=', 'token.session_id'),
            )
            .select('token.hash')
            .where('session.expires_at', '<', before)
            .limit(atMost),
        )
        .executeTakeFirst(),
    );
    for (const table of ['member_session', 'one_time_token'] as const) {
      await trimBatches(signal, (atMost) =>
        statements
          .deleteFrom(table)
          .where('id', 'in', (old) => old.selectFrom(table).select('id').where('expires_at', '<', before).limit(atMost))
          .executeTakeFirst(),
      );
    }
  }
}

/** Once a day, when most are asleep in most regions. */
export const TRIM_SESSIONS_DAILY: Schedule = {
  name: 'members.trim-sessions',
  handler: TrimSessions,
  every: { dayAt: { hour: 3, minute: 0 } },
};
