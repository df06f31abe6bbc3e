import { eventType } from '#kernel/outbox/event-type.js';
import { memberIdOf } from '#kernel/resolution/principal.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { Ticket } from './ticket.entity.js';

/** Which ticket, its version by then, who did it, whose ticket it is by then and who opened it; the last three are members' ids, or null. */
export interface TicketFact {
  readonly ticketId: string;
  readonly version: number;
  readonly actorId: string | null;
  readonly assigneeId: string | null;
  readonly openedBy: string | null;
}

export const ticketOpened = eventType<TicketFact>('ticket.opened');
/** `fields` names what is other than before, and not what it is. */
export const ticketChanged = eventType<TicketFact & { readonly fields: readonly string[] }>('ticket.changed');
/** With an assignee of null it was taken from whoever had it. */
export const ticketAssigned = eventType<TicketFact>('ticket.assigned');
export const ticketCompleted = eventType<TicketFact>('ticket.completed');
export const ticketReopened = eventType<TicketFact>('ticket.reopened');
export const ticketCommented = eventType<TicketFact & { readonly commentId: string }>('ticket.commented');
export const ticketDeleted = eventType<TicketFact>('ticket.deleted');

/** What every event of a ticket tells. */
export function factOf(ticket: Pick<Ticket, 'id' | 'version' | 'assigneeId' | 'createdByKind' | 'createdById'>): TicketFact {
  return {
    ticketId: ticket.id,
    version: ticket.version,
    actorId: memberIdOf(WorkOrigin.current().principal),
    assigneeId: ticket.assigneeId ?? null,
    openedBy: (ticket.createdByKind === 'member' && ticket.createdById) || null,
  };
}
