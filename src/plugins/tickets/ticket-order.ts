import type { Condition, RowBuilder } from '#kernel/isolation/read-types.js';
import { rowTime } from '#kernel/model/row-time.js';
import type { PagePosition } from '#kernel/plugin/page-cursor.js';
import type { TicketSearchTables, TicketTables } from './ticket-table.js';

export const TICKET_SORTS = ['createdAt', 'updatedAt', 'dueAt'] as const;
export type TicketSort = (typeof TICKET_SORTS)[number];

type Row = Pick<TicketTables['tickets'], 'id' | 'created_at' | 'updated_at' | 'due_at'>;

/** How a list is ordered, and where in that order a ticket stands. */
export interface TicketOrder {
  readonly column: 'created_at' | 'updated_at' | 'due_order';
  readonly direction: 'asc' | 'desc';
  /** What a row after a position is, compared with it. */
  readonly after: '<' | '>';
  readonly positionOf: (row: Row) => PagePosition;
}

/** Where the database puts a ticket that is never due. */
const NEVER = new Date('9999-12-31T23:59:59.999Z');

/** What is newest comes first, and what is due soonest. */
export const TICKET_ORDERS: Readonly<Record<TicketSort, TicketOrder>> = {
  createdAt: {
    column: 'created_at',
    direction: 'desc',
    after: '<',
    positionOf: ({ id, created_at }) => ({ id, at: rowTime(created_at) }),
  },
  updatedAt: {
    column: 'updated_at',
    direction: 'desc',
    after: '<',
    positionOf: ({ id, updated_at }) => ({ id, at: rowTime(updated_at) }),
  },
  dueAt: {
    column: 'due_order',
    direction: 'asc',
    after: '>',
    positionOf: ({ id, due_at }) => ({ id, at: due_at === null ? NEVER : rowTime(due_at) }),
  },
};

/** What comes after a position, for a `where`; without one that is all. */
export function behind(
  { column, after: beyond }: TicketOrder,
  after: PagePosition | undefined,
): (eb: RowBuilder<TicketSearchTables, 'tickets'>) => Condition {
  return (eb) => (after ? eb(eb.refTuple(`tickets.${column}`, 'tickets.id'), beyond, eb.tuple(after.at, after.id)) : eb.and([]));
}
