import { makerView } from './maker.js';
import { rowTimeText } from './row-time-text.js';
import type { TicketRow } from './ticket-table.js';
import type { Ticket } from './ticket.entity.js';
import type { TicketView } from './ticket.schemas.js';

/** A ticket of the entity manager, for callers. */
export function viewOf(ticket: Ticket): TicketView {
  const { id, title, description, status, priority, assigneeId = null, labels, dueAt, version, createdAt, updatedAt } = ticket;
  return {
    ...{ id, title, description, status, priority, assigneeId, labels },
    dueAt: dueAt ? dueAt.toISOString() : null,
    createdBy: makerView(ticket),
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** A row of a list, for callers. */
export function viewOfRow({ assignee_id, due_at, created_by_kind, created_by_id, created_at, updated_at, ...same }: TicketRow): TicketView {
  return {
    ...same,
    assigneeId: assignee_id,
    dueAt: due_at && rowTimeText(due_at),
    createdBy: makerView({ createdByKind: created_by_kind, createdById: created_by_id }),
    createdAt: rowTimeText(created_at),
    updatedAt: rowTimeText(updated_at),
  };
}
