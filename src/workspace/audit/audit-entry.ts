export const AUDIT_OUTCOMES = ['success', 'denied', 'failure'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

/** A thing that something was done to. */
export interface AuditTarget {
  readonly type: string;
  readonly id: string;
}

/** One value before and after; what has the name of a secret is never kept. */
export interface AuditChange {
  readonly path: string;
  readonly old: unknown;
  readonly new: unknown;
}

/** What was done, as its service says it. Who did it, from where and when is known already. */
export interface AuditEntry {
  /** `area.verb`, declared with `auditAction` and listed by the plugin. */
  readonly action: `${string}.${string}`;
  readonly targets: readonly AuditTarget[];
  readonly changes?: readonly AuditChange[];
  /** `success` when not said. */
  readonly outcome?: AuditOutcome;
  readonly reason?: string;
  /** Plain JSON, as the action's schema says. */
  readonly details?: Readonly<Record<string, unknown>>;
}
