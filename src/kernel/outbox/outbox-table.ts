import type { ColumnType } from 'kysely';

export type OutboxState = 'pending' | 'queued' | 'running' | 'done' | 'dead';

/** The outbox as statements see it: one row for each kind of job that something caused. A database has one, for all tenants in it. */
export interface OutboxTables {
  'tenancy.outbox': {
    tenant_id: string;
    id: string;
    /** Given by the database in the order of a tenant's commits. */
    seq: string;
    name: string;
    topic: string;
    /** The jobs of one lane of one tenant run one after the other. */
    lane: string | null;
    payload: string;
    origin: string;
    dedupe: string | null;
    state: OutboxState;
    attempt: number;
    max_attempts: number;
    /** Null on insert is now, by the clock of the database. */
    due_at: ColumnType<Date, Date | null, Date>;
    lease_until: Date | null;
    queued_at: Date | null;
    started_at: Date | null;
    finished_at: Date | null;
    error: string | null;
    created_at: Date;
  };
}
