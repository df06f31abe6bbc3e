import type { AuditOutcome } from '#workspace/audit/audit-entry.js';

/** The record as statements see it. What the database fills in itself (order, time, hashes) is refused to nobody and taken from nobody. */
export interface AuditTables {
  audit_event: {
    tenant_id: string;
    id: string;
    action: string;
    version: number;
    actor: string;
    surface: string;
    request_id: string;
    trace_id: string;
    context: string;
    targets: string;
    changes: string;
    details: string;
    outcome: AuditOutcome;
    reason: string | null;
    seq: Sealed<string>;
    occurred_at: Sealed<Date>;
    actor_id: Sealed<string | null>;
    prev_hash: Sealed<Uint8Array>;
    hash: Sealed<Uint8Array>;
  };
  audit_target: { tenant_id: string; target_type: string; target_id: string; seq: string };
  audit_head: { tenant_id: string; seq: string; hash: Uint8Array };
}

/** A column that is read and never written. */
interface Sealed<T> {
  readonly __select__: T;
  readonly __insert__: never;
  readonly __update__: never;
}
