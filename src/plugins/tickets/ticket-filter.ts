import type { Condition, RowBuilder } from '#kernel/isolation/read-types.js';
import { memberIdOf } from '#kernel/resolution/principal.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import type { Visible } from '#workspace/access/visible.js';
import type { ListTickets } from './ticket.schemas.js';
import type { TicketSearchTables } from './ticket-table.js';
import { TICKET_STATUSES, type TicketStatus } from './ticket-status.js';

type Builder = RowBuilder<TicketSearchTables, 'tickets'>;

/** Which tickets; what is not given chooses nothing out. */
export type TicketChoice = Pick<ListTickets, 'status' | 'assigneeId' | 'priority' | 'createdFrom' | 'createdTo' | 'dueBefore'>;

/** Nobody's id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Conditions of one ticket, for a `where`. `status` is the one a branch of the list is about, see `statusesOf`. */
export function chosen(choice: TicketChoice, visible: Visible, status?: readonly TicketStatus[]): (eb: Builder) => Condition {
  return (eb) => {
    const conditions: Condition[] = [];
    const [only, ...others] = status ?? [];
    if (only && others.length === 0) conditions.push(eb('tickets.status', '=', only));
    else if (only) conditions.push(eb('tickets.status', 'in', [only, ...others]));
    if (choice.assigneeId === 'none') conditions.push(eb('tickets.assignee_id', 'is', null));
    else if (choice.assigneeId !== undefined) conditions.push(eb('tickets.assignee_id', '=', assigneeOf(choice.assigneeId)));
    if (choice.priority !== undefined) conditions.push(eb('tickets.priority', '=', choice.priority));
    if (choice.createdFrom !== undefined) conditions.push(eb('tickets.created_at', '>=', choice.createdFrom));
    if (choice.createdTo !== undefined) conditions.push(eb('tickets.created_at', '<', choice.createdTo));
    if (choice.dueBefore !== undefined) conditions.push(eb('tickets.due_order', '<', choice.dueBefore));
    if (!visible.all) conditions.push(eb('tickets.id', 'in', visible.only));
    else if (visible.except.length > 0) conditions.push(eb('tickets.id', 'not in', visible.except));
    const [first, ...more] = conditions;
    return first && more.length === 0 ? first : eb.and(conditions);
  };
}

/** The statuses asked for; none when all are. */
export function statusesOf({ status = [] }: TicketChoice): readonly TicketStatus[] {
  return status.length === TICKET_STATUSES.length ? [] : status;
}

function assigneeOf(asked: string): string {
  if (asked !== 'me') return asked;
  return memberIdOf(WorkOrigin.current().principal) ?? NOBODY;
}
