import { sql, type RawBuilder } from 'kysely';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { JobSupersededError } from '#kernel/jobs/job.errors.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';
import type { OutboxTables } from '#kernel/outbox/outbox-table.js';

/** A job that was claimed, as it is kept. */
export interface ClaimedJob {
  readonly id: string;
  readonly name: string;
  readonly topic: string;
  readonly payload: string;
  readonly origin: string;
  readonly attempt: number;
  readonly max_attempts: number;
}

/** How a try ends that did not take effect. */
export interface FailedTry {
  readonly state: 'pending' | 'dead';
  readonly dueInMs: number;
  readonly error: string;
  /** Whether the try is not counted: nobody can say that it failed. */
  readonly isSpared: boolean;
}

/**
 * The row of one job during one of its tries, in its tenant's scope. Every change names the attempt, so that one that was overtaken changes
 * nothing; times are those of the database's clock.
 */
export class JobRow {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly delivery: JobDelivery,
  ) {}

  /** Null when the delivery is not the present one: it came twice, or too late. */
  async claim(leaseMs: number): Promise<ClaimedJob | null> {
    const claimed = await this.#mine('queued')
      .set({ state: 'running', started_at: NOW, lease_until: inMs(leaseMs) })
      .returning(['id', 'name', 'topic', 'payload', 'origin', 'attempt', 'max_attempts'])
      .executeTakeFirst();
    return claimed ?? null;
  }

  /** False when the try was overtaken. */
  async renew(leaseMs: number): Promise<boolean> {
    const { numUpdatedRows } = await this.#mine('running')
      .set({ lease_until: inMs(leaseMs) })
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  /** Raises JobSupersededError; in the transaction of the effect, that is what keeps an overtaken try from taking effect. */
  async finish(): Promise<void> {
    const { numUpdatedRows } = await this.#mine('running')
      .set({ state: 'done', finished_at: NOW, lease_until: null, error: null })
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new JobSupersededError(this.delivery.id);
  }

  /** False when the try was overtaken, or had taken effect although its answer was lost. */
  async fail({ state, dueInMs, error, isSpared }: FailedTry): Promise<boolean> {
    const { numUpdatedRows } = await this.#mine('running')
      .set((column) => ({
        state,
        due_at: inMs(dueInMs),
        lease_until: null,
        finished_at: state === 'dead' ? NOW : null,
        error,
        max_attempts: isSpared ? column('max_attempts', '+', 1) : column.ref('max_attempts'),
      }))
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  }

  #mine(state: 'queued' | 'running') {
    const { tenantId, id, attempt } = this.delivery;
    return this.contexts
      .reads<OutboxTables>()
      .updateTable('tenancy.outbox')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('attempt', '=', attempt)
      .where('state', '=', state);
  }
}

const NOW = sql<Date>`clock_timestamp()`;

function inMs(milliseconds: number): RawBuilder<Date> {
  return sql<Date>`clock_timestamp() + make_interval(secs => ${milliseconds / 1_000}::float8)`;
}
