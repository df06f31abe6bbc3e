import type { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import type { TicketTables } from './ticket-table.js';
import { viewOf, viewOfRow } from './ticket-view.js';
import { Ticket } from './ticket.entity.js';
import { TicketNotFoundError } from './ticket.errors.js';
import type { ChangeTicket, ListTickets, OpenTicket, TicketPage, TicketView } from './ticket.schemas.js';

const COLUMNS = [
  'id',
  'title',
  'description',
  'status',
  'priority',
  'assignee_id',
  'labels',
  'due_at',
  'version',
  'created_at',
  'updated_at',
] as const;

/** The tickets of the tenant in scope. */
@Injectable()
export class TicketsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
  ) {}

  async open(input: OpenTicket): Promise<TicketView> {
    const { em, tenant } = this.contexts.open();
    const ticket = em.create(Ticket, { ...input, tenantId: tenant.id, status: 'open', version: 1 });
    await em.flush();
    return viewOf(ticket);
  }

  /** Newest first. Raises CursorInvalidError. */
  async list({ limit, cursor, status }: ListTickets): Promise<TicketPage> {
    const after = cursor === undefined ? undefined : this.cursors.open(cursor, ['tickets', { status }]);
    let query = this.contexts.reads<TicketTables>().selectFrom('tickets').select(COLUMNS);
    if (status) query = query.where('status', '=', status);
    if (after) query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), '<', eb.tuple(after.at, after.id)));
    const rows = await query
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    const data = rows.slice(0, limit).map(viewOfRow);
    const last = rows.length > limit ? data.at(-1) : undefined;
    return { data, nextCursor: last ? this.cursors.seal({ at: new Date(last.createdAt), id: last.id }, ['tickets', { status }]) : null };
  }

  /** Raises TicketNotFoundError. */
  async get(id: string): Promise<TicketView> {
    return viewOf(await this.#find(this.contexts.open().em, id));
  }

  /** Raises TicketNotFoundError, and StaleVersionError when the caller means another version than the present one. */
  async change(id: string, match: IfMatch, changes: ChangeTicket): Promise<TicketView> {
    const { em } = this.contexts.open();
    const ticket = await this.#find(em, id);
    match.require(ticket.version);
    em.assign(ticket, changes);
    await em.flush();
    return viewOf(ticket);
  }

  /** Raises as `change` does. */
  async remove(id: string, match: IfMatch): Promise<void> {
    const { em } = this.contexts.open();
    const { version } = await this.#find(em, id);
    match.require(version);
    // Removing an entity does not look at its version; this does.
    const removed = await em.nativeDelete(Ticket, { id, version });
    if (removed === 0) throw new StaleVersionError();
  }

  async #find(em: EntityManager, id: string): Promise<Ticket> {
    return em.findOneOrFail(Ticket, { id }, { failHandler: () => new TicketNotFoundError(id) });
  }
}
