import type { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import type { Outbox } from '#kernel/outbox/outbox.js';
import type { AuditChange } from '#workspace/audit/audit-entry.js';
import type { AuditTrail } from '#workspace/audit/audit-trail.js';
import { addTerms, keepTerms, renewTerms, TERMS_VERSION, termsOf } from './search/ticket-terms.js';
import { changesBetween, stateOf, type TicketState } from './ticket-changes.js';
import { isOver, type TicketStatus } from './ticket-status.js';
import type { Ticket } from './ticket.entity.js';
import { factOf, ticketAssigned, ticketChanged, ticketCompleted, ticketDeleted, ticketOpened, ticketReopened } from './ticket.events.js';

/** What goes with every write of a ticket, in its transaction: what it is found by, the record, and the events. */
export class TicketRecord {
  constructor(
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  /** A new ticket, which is flushed here. */
  async opened(transaction: TenantTransaction, ticket: Ticket): Promise<void> {
    ticket.termsVersion = TERMS_VERSION;
    await transaction.em.flush();
    await addTerms(transaction, ticket, termsOf(ticket));
    this.audit.record({ action: 'ticket.opened', targets: targetsOf(ticket) });
    this.outbox.publish(ticketOpened, factOf(ticket));
    if (ticket.assigneeId) this.outbox.publish(ticketAssigned, factOf(ticket));
  }

  /** What `change` does to a ticket; it is flushed, and told of if anything is other than before. */
  async changed(transaction: TenantTransaction, ticket: Ticket, change: () => void): Promise<void> {
    const [before, terms] = [stateOf(ticket), termsOf(ticket)];
    change();
    const changes = changesBetween(before, stateOf(ticket));
    if (changes.length === 0) return;
    const hadTerms = ticket.termsVersion === TERMS_VERSION;
    ticket.termsVersion = TERMS_VERSION;
    await transaction.em.flush();
    await (hadTerms ? keepTerms(transaction, ticket, terms) : renewTerms(transaction, ticket));
    this.#tell(ticket, before, changes);
  }

  deleted(ticket: Ticket): void {
    this.audit.record({ action: 'ticket.deleted', targets: targetsOf(ticket) });
    this.outbox.publish(ticketDeleted, factOf(ticket));
  }

  #tell(ticket: Ticket, before: TicketState, changes: readonly AuditChange[]): void {
    const [targets, fact] = [targetsOf(ticket), factOf(ticket)];
    const plain = changes.filter(({ path }) => path !== 'status' && path !== 'assigneeId');
    const moved = changes.filter(({ path }) => path === 'status');
    const assigned = changes.filter(({ path }) => path === 'assigneeId');
    const turn = moved.length > 0 ? turnOf(before['status'] as TicketStatus, ticket.status) : undefined;
    if (turn) this.audit.record({ action: turn, targets, changes: moved });
    if (assigned.length > 0) this.audit.record({ action: 'ticket.assigned', targets, changes: assigned });
    const rest = turn ? plain : [...plain, ...moved];
    if (rest.length > 0) this.audit.record({ action: 'ticket.changed', targets, changes: rest });
    if (turn === 'ticket.reopened') this.outbox.publish(ticketReopened, fact);
    if (assigned.length > 0) this.outbox.publish(ticketAssigned, fact);
    const fields = (turn === 'ticket.cancelled' ? [...plain, ...moved] : rest).map(({ path }) => path);
    if (fields.length > 0) this.outbox.publish(ticketChanged, { ...fact, fields });
    if (turn === 'ticket.completed') this.outbox.publish(ticketCompleted, fact);
  }
}

/** A change of status that has a name of its own. */
function turnOf(from: TicketStatus, to: TicketStatus): 'ticket.completed' | 'ticket.cancelled' | 'ticket.reopened' | undefined {
  if (to === 'completed' || to === 'cancelled') return `ticket.${to}`;
  return isOver(from) ? 'ticket.reopened' : undefined;
}

function targetsOf({ id }: Ticket): { type: string; id: string }[] {
  return [{ type: 'ticket', id }];
}
