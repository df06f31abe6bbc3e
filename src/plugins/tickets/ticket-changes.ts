import type { AuditChange } from '#workspace/audit/audit-entry.js';
import type { Ticket } from './ticket.entity.js';

const FIELDS = ['title', 'description', 'status', 'priority', 'assigneeId', 'labels', 'dueAt'] as const;
export type TicketField = (typeof FIELDS)[number];

/** What people wrote stays in the ticket, where it can be taken away; the record, which is for ever, says only that it was changed. */
const WRITTEN: ReadonlySet<TicketField> = new Set(['title', 'description']);
const UNSAID = '[text]';

/** What of a ticket can be other than before. */
export type TicketState = Readonly<Record<TicketField, unknown>>;

export function stateOf(ticket: Ticket): TicketState {
  const { title, description, status, priority, assigneeId = null, labels, dueAt = null } = ticket;
  return { title, description, status, priority, assigneeId, labels: [...labels], dueAt: dueAt?.toISOString() ?? null };
}

/** What is other than before, as it is put on record. */
export function changesBetween(before: TicketState, after: TicketState): (AuditChange & { readonly path: TicketField })[] {
  return FIELDS.filter((path) => JSON.stringify(before[path]) !== JSON.stringify(after[path])).map((path) =>
    WRITTEN.has(path) ? { path, old: UNSAID, new: UNSAID } : { path, old: before[path], new: after[path] },
  );
}
