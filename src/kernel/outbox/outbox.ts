import { randomUUIDv7 } from 'node:crypto';
import type { Insertable } from 'kysely';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { JobCatalogue } from '#kernel/jobs/job-catalogue.js';
import type { JobDeclaration, JobHandlerClass } from '#kernel/jobs/job-handler.js';
import type { Doorbell } from '#kernel/outbox/doorbell.js';
import type { EventType } from '#kernel/outbox/event-type.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

const ATTEMPTS = 8;
/** A statement takes 65,535 values at most, and has its time; each row of these is numbered under the tenant's turn. */
const ROWS_PER_STATEMENT = 500;

type Row = Omit<
  Insertable<OutboxTables['tenancy.outbox']>,
  'seq' | 'attempt' | 'lease_until' | 'queued_at' | 'started_at' | 'finished_at' | 'error'
>;

/** When a job is to run, and under which name it is asked for only once. */
export interface JobWish {
  readonly dueAt?: Date;
  /** A second wish of the same kind and name is dropped, for as long as the first is remembered. */
  readonly dedupe?: string;
}

/** Writes what is to be done afterwards in the transaction of its cause: either both are kept or neither. Each raises NoTransactionError. */
export class Outbox {
  constructor(
    private readonly jobs: JobCatalogue,
    private readonly doorbell: Doorbell,
  ) {}

  /** One row for each kind of job the event causes. */
  publish<Payload extends object>(event: EventType<Payload>, payload: Payload): void {
    for (const job of this.jobs.causedBy(event.name)) this.#add(job, event.name, payload, {});
  }

  /** Asks for a job by its kind. */
  enqueue<Payload extends object>(handler: JobHandlerClass, payload: Payload, wish: JobWish = {}): void {
    this.#add(handler.job, handler.job.name, payload, wish);
  }

  /** Tells the workers when the transaction is kept that the tenant has work, whoever wrote it. */
  ringAfter(transaction: TenantTransaction): void {
    transaction.afterCommit(async () => this.doorbell.ring(transaction.tenant.id));
  }

  #add(job: JobDeclaration, topic: string, payload: object, { dueAt, dedupe }: JobWish): void {
    const transaction = TenantTransaction.require(`publish ${topic}`);
    const rows = transaction.keep(this, () => this.#begin(transaction));
    rows.push({
      tenant_id: transaction.tenant.id,
      id: randomUUIDv7(),
      name: job.name,
      topic,
      lane: job.order === 'tenant' ? job.name : null,
      payload: JSON.stringify(payload),
      origin: JSON.stringify(WorkOrigin.current()),
      dedupe: dedupe ?? null,
      state: 'pending',
      max_attempts: job.attempts ?? ATTEMPTS,
      due_at: dueAt ?? null,
      created_at: new Date(),
    });
  }

  /** All rows of a transaction are written at its end, where the lock that orders them is held for the shortest time. */
  #begin(transaction: TenantTransaction): Row[] {
    const rows: Row[] = [];
    transaction.beforeCommit(async () => {
      for (let at = 0; at < rows.length; at += ROWS_PER_STATEMENT) {
        await transaction
          .sql<OutboxTables>()
          .insertInto('tenancy.outbox')
          .values(rows.slice(at, at + ROWS_PER_STATEMENT) as never)
          .onConflict((conflict) => conflict.columns(['tenant_id', 'name', 'dedupe']).doNothing())
          .execute();
      }
    });
    this.ringAfter(transaction);
    transaction.afterCommit(async () => {
      const times = new Set(rows.flatMap(({ due_at: due }) => (due ? [due.getTime()] : [])));
      for (const time of times) this.doorbell.ring(transaction.tenant.id, new Date(time));
    });
    return rows;
  }
}
