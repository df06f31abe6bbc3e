import type { TicketTables } from './ticket-table.js';
import type { Ticket } from './ticket.entity.js';
import type { TicketView } from './ticket.schemas.js';

/** A ticket of the entity manager, for callers. */
export function viewOf(ticket: Ticket): TicketView {
  const { id, title, description, status, priority, assigneeId = null, labels, dueAt, version, createdAt, updatedAt } = ticket;
  return {
    id,
    title,
    description,
    status,
    priority,
    assigneeId,
    labels,
    dueAt: dueAt ? dueAt.toISOString() : null,
    version,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** A row of a list, for callers. */
export function viewOfRow(row: TicketTables['tickets']): TicketView {
  const { assignee_id, due_at, created_at, updated_at, ...same } = row;
  return {
    ...same,
    assigneeId: assignee_id,
    dueAt: due_at && timeOf(due_at),
    createdAt: timeOf(created_at),
    updatedAt: timeOf(updated_at),
  };
}

/** Reads come without the types of an entity, so a time may still be text. */
function timeOf(time: Date | string): string {
  // As PostgreSQL writes it, a year below 100 would be read as one of our time.
  const exact = typeof time === 'string' ? time.replace(' ', 'T').replace(/[+-]\d\d$/, '$&:00') : time;
  return new Date(exact).toISOString();
}
