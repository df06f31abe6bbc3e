import type { KeptEvent } from '#workspace/audit/audit-chain.js';
import type { AuditOutcome } from '#workspace/audit/audit-entry.js';
import type { AuditEventView } from '#workspace/audit/audit.schemas.js';

/** An event as callers see it. */
export function viewOfEvent(event: KeptEvent): AuditEventView {
  const { id, seq, occurredAt, action, version, surface, requestId, traceId, outcome, reason, hash } = event;
  return {
    ...{ id, seq, occurredAt, action, version, actor: JSON.parse(event.actor) as AuditEventView['actor'], surface, requestId, traceId },
    context: JSON.parse(event.context) as AuditEventView['context'],
    targets: JSON.parse(event.targets) as AuditEventView['targets'],
    changes: JSON.parse(event.changes) as AuditEventView['changes'],
    details: JSON.parse(event.details) as AuditEventView['details'],
    ...{ outcome: outcome as AuditOutcome, reason, hash },
  };
}
