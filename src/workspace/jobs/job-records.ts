import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { rowTime } from '#kernel/model/row-time.js';
import { JobNotDeadError, JobNotFoundError } from '#kernel/jobs/job.errors.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { OutboxState, OutboxTables } from '#kernel/outbox/outbox-table.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';

/** A job as the people of its tenant see it; not what it holds. */
export interface JobRecord {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly state: OutboxState;
  readonly attempt: number;
  readonly error: string | null;
  readonly dueAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly createdAt: Date;
}

/** Which jobs: those made before `before`, newest first, at most `limit`. */
export interface JobQuery {
  readonly state?: OutboxState | undefined;
  readonly name?: string | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

const COLUMNS = ['id', 'name', 'topic', 'state', 'attempt', 'error', 'due_at', 'started_at', 'finished_at', 'created_at'] as const;

/** The jobs of the tenant in scope, as far as they are remembered: done ones for seven days, dead ones for ninety. */
@Injectable()
export class JobRecords {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly outbox: Outbox,
    private readonly trail: AuditTrail,
  ) {}

  /** Newest first; ids are made in the order of time. */
  async list({ state, name, before, limit }: JobQuery): Promise<JobRecord[]> {
    let query = this.contexts.reads<OutboxTables>().selectFrom('tenancy.outbox').select(COLUMNS);
    if (state) query = query.where('state', '=', state);
    if (name) query = query.where('name', '=', name);
    if (before) query = query.where('id', '<', before);
    return (await query.orderBy('id', 'desc').limit(limit).execute()).map(toRecord);
  }

  /** Asks for a dead job once more, with one more attempt than it had; that somebody did is on record. Raises JobNotFoundError or JobNotDeadError. */
  async retry(id: string): Promise<JobRecord> {
    return this.contexts.transaction(async (transaction) => {
      const outbox = transaction.sql<OutboxTables>();
      const revived = await outbox
        .updateTable('tenancy.outbox')
        .set((column) => ({
          state: 'pending',
          due_at: column.fn<Date>('clock_timestamp'),
          finished_at: null,
          max_attempts: column.fn<number>('greatest', ['max_attempts', column('attempt', '+', 1)]),
        }))
        .where('id', '=', id)
        .where('state', '=', 'dead')
        .returning(COLUMNS)
        .executeTakeFirst();
      if (revived) {
        this.outbox.ringAfter(transaction);
        const { name, attempt } = revived;
        this.trail.record({ action: 'job.retried', targets: [{ type: 'job', id }], details: { name, attempts: attempt } });
        return toRecord(revived);
      }
      const known = await outbox.selectFrom('tenancy.outbox').select('state').where('id', '=', id).executeTakeFirst();
      throw known ? new JobNotDeadError(id, known.state) : new JobNotFoundError(id);
    });
  }
}

type Row = Pick<{ [Column in keyof OutboxRow]: OutboxRow[Column] }, (typeof COLUMNS)[number]>;
type OutboxRow = Omit<OutboxTables['tenancy.outbox'], 'due_at'> & { due_at: Date };

function toRecord({ id, name, topic, state, attempt, error, ...row }: Row): JobRecord {
  const { due_at: due, started_at: started, finished_at: finished, created_at: created } = row;
  return {
    ...{ id, name, topic, state, attempt, error },
    dueAt: rowTime(due),
    startedAt: started && rowTime(started),
    finishedAt: finished && rowTime(finished),
    createdAt: rowTime(created),
  };
}
