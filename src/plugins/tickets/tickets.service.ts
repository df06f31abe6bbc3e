import { type EntityManager, LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import { Access } from '#workspace/access/access.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Meters } from '#workspace/usage/meters.js';
import { requireAssignable } from './assignable.js';
import { releaseFiles } from './attachments/release-files.js';
import { presentMaker } from './maker.js';
import { TicketRecord } from './ticket-record.js';
import { isOver } from './ticket-status.js';
import { viewOf } from './ticket-view.js';
import { Ticket } from './ticket.entity.js';
import { TicketNotFoundError } from './ticket.errors.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';
import type { ChangeTicket, OpenTicket, TicketView } from './ticket.schemas.js';

/** The tickets of the tenant in scope, one by one; a list of them is TicketList's. What a door's permission does not cover is asked here. */
@Injectable()
export class TicketsService {
  readonly #record: TicketRecord;

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly access: Access,
    audit: AuditTrail,
    private readonly outbox: Outbox,
    private readonly meters: Meters,
  ) {
    this.#record = new TicketRecord(audit, outbox);
  }

  /** To open it for somebody takes the right to assign. Raises AccessDeniedError, AssigneeUnknownError and UsageExhaustedError. */
  async open(input: OpenTicket): Promise<TicketView> {
    if (input.assigneeId !== null) await this.access.require(TICKET_PERMISSIONS.assign, { kind: 'ticket', id: '' });
    return this.contexts.transaction(async (transaction) => {
      await requireAssignable(this.contexts, input.assigneeId);
      const { em, tenant } = transaction;
      this.meters.count('tickets');
      const ticket = em.create(Ticket, { ...input, ...presentMaker(), tenantId: tenant.id, status: 'open', version: 1 });
      await this.#record.opened(transaction, ticket);
      return viewOf(ticket);
    });
  }

  /** Raises TicketNotFoundError. */
  async get(id: string): Promise<TicketView> {
    return viewOf(await findTicket(this.contexts.open().em, id));
  }

  /**
   * Raises TicketNotFoundError, StaleVersionError when the caller means another version than the present one, TicketNotOpenError,
   * AssigneeUnknownError, and AccessDeniedError for an assignee or a completion that the caller may not give.
   */
  async change(id: string, match: IfMatch, { status, assigneeId, ...facts }: ChangeTicket): Promise<TicketView> {
    return this.#write(id, match, async (ticket, em) => {
      const isAssigned = assigneeId !== undefined && assigneeId !== (ticket.assigneeId ?? null);
      if (isAssigned) await this.access.require(TICKET_PERMISSIONS.assign, { kind: 'ticket', id });
      if (isAssigned) await requireAssignable(this.contexts, assigneeId);
      if (status === 'completed' && ticket.status !== status)
        await this.access.require(TICKET_PERMISSIONS.complete, { kind: 'ticket', id });
      return () => {
        em.assign(ticket, facts);
        // What is over is opened before it is assigned, and what is to be over is assigned before.
        if (status && !isOver(status)) ticket.moveTo(status);
        if (isAssigned) ticket.assignTo(assigneeId);
        if (status) ticket.moveTo(status);
      };
    });
  }

  /** Raises as `change` does. */
  async assign(id: string, match: IfMatch, assigneeId: string | null): Promise<TicketView> {
    return this.#write(id, match, async (ticket) => {
      await requireAssignable(this.contexts, assigneeId);
      return () => ticket.assignTo(assigneeId);
    });
  }

  /** Raises as `change` does, also when it was completed before. */
  async complete(id: string, match: IfMatch): Promise<TicketView> {
    return this.#write(id, match, async (ticket) => () => ticket.complete());
  }

  /** With all that is said about it, and with its files. Raises as `change` does. */
  async remove(id: string, match: IfMatch): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const ticket = await findTicket(transaction.em, id, match);
      await releaseFiles(transaction, this.outbox, id);
      this.#record.deleted(ticket);
      // Removing an entity does not look at its version; this does.
      const removed = await transaction.em.nativeDelete(Ticket, { id, version: ticket.version });
      if (removed === 0) throw new StaleVersionError();
      transaction.em.clear();
    });
  }

  async #write(id: string, match: IfMatch, prepare: (ticket: Ticket, em: EntityManager) => Promise<() => void>): Promise<TicketView> {
    return this.contexts.transaction(async (transaction) => {
      const ticket = await findTicket(transaction.em, id, match);
      await this.#record.changed(transaction, ticket, await prepare(ticket, transaction.em));
      return viewOf(ticket);
    });
  }
}

/** Raises TicketNotFoundError, and StaleVersionError when it is not the version that is meant. One whose version is not said waits for who writes it. */
export async function findTicket(em: EntityManager, id: string, match?: IfMatch): Promise<Ticket> {
  const ticket = await em.findOneOrFail(
    Ticket,
    { id },
    { failHandler: () => new TicketNotFoundError(id), ...(match?.isAny && { lockMode: LockMode.PESSIMISTIC_WRITE }) },
  );
  match?.require(ticket.version);
  return ticket;
}
