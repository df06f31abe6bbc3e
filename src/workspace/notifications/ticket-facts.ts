import { eventType } from '#kernel/outbox/event-type.js';

/** What of the events of tickets is needed here; whoever publishes them may say more. Each of the people is a member's id, or null. */
export interface TicketFact {
  readonly ticketId: string;
  /** The ticket's version after it; tells a second fact of the same kind from a repetition of the first. */
  readonly version: number;
  readonly actorId: string | null;
  readonly assigneeId: string | null;
  readonly openedBy: string | null;
}

export const ticketAssigned = eventType<TicketFact>('ticket.assigned');
export const ticketCommented = eventType<TicketFact & { readonly commentId: string }>('ticket.commented');
export const ticketCompleted = eventType<TicketFact>('ticket.completed');

/** By these names the part that keeps tickets knows what may be done with them. */
export const TICKET_KIND = 'ticket';
export const READ_TICKETS = 'tickets:read';
