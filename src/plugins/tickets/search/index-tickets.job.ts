import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { rowTime } from '#kernel/model/row-time.js';
import type { TicketSearchTables } from '../ticket-table.js';
import { renewTerms, TERMS_VERSION } from './ticket-terms.js';

/** Few, because whoever changes one of them meanwhile waits. */
const BATCH = 25;

/** Makes tickets findable that were written before there were terms, or whose terms are to be made anew. */
@Injectable()
export class IndexTickets implements JobHandler {
  static readonly job: JobDeclaration = {
    name: 'tickets.index-tickets',
    order: 'none',
    permission: 'platform',
    transaction: 'own',
    timeoutMs: 600_000,
  };

  constructor(private readonly contexts: TenantContextFactory) {}

  async handle(_payload: object, { signal }: Pick<JobTry, 'signal'>): Promise<void> {
    while (!signal.aborted && (await this.#batch()) === BATCH);
  }

  async #batch(): Promise<number> {
    return this.contexts.transaction(async (transaction) => {
      const rows = transaction.sql<TicketSearchTables>();
      // Whoever holds one of them makes its terms, be it another run or somebody who changes it.
      const tickets = await rows
        .selectFrom('tickets')
        .select(['id', 'title', 'description', 'labels', 'created_at'])
        .where('terms_version', 'is', null)
        .orderBy('id')
        .limit(BATCH)
        .forUpdate()
        .skipLocked()
        .execute();
      for (const { id, created_at, ...texts } of tickets) {
        await renewTerms(transaction, { id, createdAt: rowTime(created_at), ...texts });
        await rows.updateTable('tickets').set({ terms_version: TERMS_VERSION }).where('id', '=', id).execute();
      }
      return tickets.length;
    });
  }
}

/**
 * The services keep terms in step by themselves, so this finds nothing to do but after an import or a raised TERMS_VERSION. A schedule is
 * ticked at once when its name is new: the version in the name makes that the day of the release, and not the day after.
 */
export const INDEX_TICKETS_DAILY: Schedule = {
  name: `tickets.index-tickets-v${TERMS_VERSION}`,
  handler: IndexTickets,
  every: { milliseconds: 86_400_000 },
};
