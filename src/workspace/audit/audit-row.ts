import { randomUUIDv7 } from 'node:crypto';
import { traceIdOf } from '#kernel/work/trace-parent.js';
import type { WorkOrigin } from '#kernel/work/work-origin.js';
import type { DeclaredEntry } from '#workspace/audit/audit-register.js';
import type { AuditOutcome } from '#workspace/audit/audit-entry.js';
import { redacted, redactedChange } from '#workspace/audit/redaction.js';

/** An entry as it is inserted; JSON as text. */
export interface AuditRow {
  readonly tenant_id: string;
  readonly id: string;
  readonly action: string;
  readonly version: number;
  readonly actor: string;
  readonly surface: string;
  readonly request_id: string;
  readonly trace_id: string;
  readonly context: string;
  readonly targets: string;
  readonly changes: string;
  readonly details: string;
  readonly outcome: AuditOutcome;
  readonly reason: string | null;
}

const LONGEST_REASON = 2_000;

/** The row of an entry of a tenant, made by whoever the origin says; without anything that has the name of a secret. */
export function auditRowOf({ entry, version }: DeclaredEntry, tenantId: string, origin: WorkOrigin): AuditRow {
  const { ip, userAgent, host } = origin;
  return {
    tenant_id: tenantId,
    id: randomUUIDv7(),
    action: entry.action,
    version,
    actor: json(actorOf(origin)),
    surface: origin.surface,
    request_id: origin.requestId,
    trace_id: traceIdOf(origin.traceParent),
    context: json(redacted({ ip, userAgent, host })),
    targets: json(entry.targets),
    changes: json((entry.changes ?? []).map(redactedChange)),
    details: json(redacted(entry.details ?? {})),
    outcome: entry.outcome ?? 'success',
    reason: entry.reason === undefined ? null : keepable(entry.reason).slice(0, LONGEST_REASON),
  };
}

/** Which person of the platform acted is on its own record, not on the tenant's. */
function actorOf({ principal, operator }: WorkOrigin): object {
  if (!principal) return { type: operator ? 'operator' : 'system' };
  const { id } = principal;
  return principal.kind === 'member'
    ? { type: 'user', id, sessionId: principal.sessionId }
    : { type: 'api_key', id, createdBy: principal.createdBy };
}

/** PostgreSQL keeps every character but NUL, and no half of a pair; refusing the work for its record would be worse. */
function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'string' ? keepable(inner) : inner));
}

function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}
