import { Injectable } from '@nestjs/common';
import type { RowQuery } from '#kernel/isolation/read-types.js';
import { TenantContextFactory, type TenantReads } from '#kernel/isolation/tenant-context-factory.js';
import { type PagePosition, PageCursors } from '#kernel/plugin/page-cursor.js';
import { Access } from '#workspace/access/access.js';
import { TicketSearch } from './search/ticket-search.js';
import { wantedRanges } from './search/wanted-ranges.js';
import { chosen, statusesOf } from './ticket-filter.js';
import { behind, TICKET_ORDERS, type TicketOrder } from './ticket-order.js';
import { OWN_COLUMNS, type TicketRow, type TicketSearchTables } from './ticket-table.js';
import { viewOfRow } from './ticket-view.js';
import type { ListTickets, TicketPage } from './ticket.schemas.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';

const LIST = 'tickets';

/** Lists of tickets, each by an index that stays in use under row-level security. */
@Injectable()
export class TicketList {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly access: Access,
  ) {}

  /**
   * Newest first unless said otherwise, and soonest first when asked for what is due. A search may give a page that is not full and has a
   * next one all the same. Raises CursorInvalidError.
   */
  async page({ limit, cursor, ...asked }: ListTickets): Promise<TicketPage> {
    const scope = [LIST, textsOf(asked)] as const;
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, scope);
    const visible = await this.access.visible(TICKET_PERMISSIONS.read, 'ticket');
    if (!visible.all && visible.only.length === 0) return { data: [], nextCursor: null };
    const order = TICKET_ORDERS[asked.sort ?? (asked.dueBefore ? 'dueAt' : 'createdAt')];
    const ranges = wantedRanges(asked);
    const reads = this.contexts.reads<TicketSearchTables>();
    const found =
      ranges.length === 0
        ? listed({ reads, asked, visible, order, after, limit })
        : new TicketSearch(reads, { ranges, order, conditions: chosen(asked, visible, statusesOf(asked)) }).page(after, limit);
    const { rows, next } = await found;
    return { data: rows.map(viewOfRow), nextCursor: next ? this.cursors.seal(next, scope) : null };
  }
}

interface Listing {
  readonly reads: TenantReads<TicketSearchTables>;
  readonly asked: Parameters<typeof chosen>[0];
  readonly visible: Parameters<typeof chosen>[1];
  readonly order: TicketOrder;
  readonly after: PagePosition | undefined;
  readonly limit: number;
}

async function listed({
  reads,
  asked,
  visible,
  order,
  after,
  limit,
}: Listing): Promise<{ rows: TicketRow[]; next: PagePosition | undefined }> {
  const statuses = statusesOf(asked);
  const branch = (status: typeof statuses): RowQuery<TicketSearchTables, 'tickets', TicketRow> => {
    const chosenOnes = reads
      .selectFrom('tickets')
      .select(OWN_COLUMNS)
      .where(chosen(asked, visible, status));
    const query = after ? chosenOnes.where(behind(order, after)) : chosenOnes;
    // It is null for all of them; in front of the order it lets the index of assignees give that order.
    const begun =
      asked.assigneeId === 'none' && order.column === 'created_at' && status.length === 0 ? query.orderBy('assignee_id') : query;
    return begun
      .orderBy(order.column, order.direction)
      .orderBy('id', order.direction)
      .limit(limit + 1);
  };
  const rows = await (statuses.length < 2
    ? branch(statuses).execute()
    : merged(
        reads,
        statuses.map((status) => branch([status])),
        order,
        limit,
      ));
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? order.positionOf(last) : undefined };
}

/** One index scan a status, of a page each: an index gives no order over several values of a column before it. */
function merged(
  reads: TenantReads<TicketSearchTables>,
  branches: readonly RowQuery<TicketSearchTables, 'tickets', TicketRow>[],
  order: TicketOrder,
  limit: number,
): Promise<TicketRow[]> {
  const [first, ...others] = branches.map((branch) => reads.selectFrom(branch.as('one')).selectAll());
  if (!first) throw new TypeError('there is a status');
  const all = others.reduce((union, one) => union.unionAll(one), first);
  return reads
    .selectFrom(all.as('tickets'))
    .selectAll()
    .orderBy(order.column === 'due_order' ? 'due_at' : order.column, (by) => (order.direction === 'asc' ? by.asc().nullsLast() : by.desc()))
    .orderBy('id', order.direction)
    .limit(limit + 1)
    .execute();
}

function textsOf(asked: object): object {
  return Object.fromEntries(
    Object.entries(asked).map(([name, value]) => [name, value instanceof Date ? value.toISOString() : (value as unknown)]),
  );
}
