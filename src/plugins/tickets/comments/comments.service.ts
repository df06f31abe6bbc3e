import type { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { IfMatch } from '#kernel/plugin/if-match.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { StaleVersionError } from '#kernel/plugin/precondition.errors.js';
import { Access } from '#workspace/access/access.js';
import type { AuditEntry } from '#workspace/audit/audit-entry.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { isMadeByPresent, makerView, presentMaker } from '../maker.js';
import { threadPage } from '../ticket-thread.js';
import { factOf, ticketCommented } from '../ticket.events.js';
import { TICKET_PERMISSIONS } from '../ticket.permissions.js';
import { findTicket } from '../tickets.service.js';
import { TicketComment } from './comment.entity.js';
import { CommentNotFoundError } from './comment.errors.js';
import type { CommentPage, CommentView, ListComments, WriteComment } from './comment.schemas.js';

/** What is said about the tickets of the tenant in scope. Each raises TicketNotFoundError. */
@Injectable()
export class CommentsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly access: Access,
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
  ) {}

  /** Oldest first. Raises CursorInvalidError. */
  async list(ticketId: string, query: ListComments): Promise<CommentPage> {
    const { em } = this.contexts.open();
    await findTicket(em, ticketId);
    const page = await threadPage({ em, cursors: this.cursors, list: 'ticket-comments', kind: TicketComment }, ticketId, query);
    return { ...page, data: page.data.map(viewOf) };
  }

  async write(ticketId: string, { body }: WriteComment): Promise<CommentView> {
    return this.contexts.transaction(async ({ em, tenant }) => {
      const ticket = await findTicket(em, ticketId);
      const comment = em.create(TicketComment, { ...presentMaker(), ticketId, body, tenantId: tenant.id, version: 1 });
      await em.flush();
      this.#put('comment.written', comment);
      this.outbox.publish(ticketCommented, { ...factOf(ticket), commentId: comment.id });
      return viewOf(comment);
    });
  }

  /** One's own, or with the right to moderate anybody's. Raises CommentNotFoundError, StaleVersionError and AccessDeniedError. */
  async change(ticketId: string, id: string, match: IfMatch, { body }: WriteComment): Promise<CommentView> {
    return this.contexts.transaction(async ({ em }) => {
      const comment = await this.#findOwn(em, ticketId, id, match);
      if (comment.body === body) return viewOf(comment);
      comment.body = body;
      await em.flush();
      this.#put('comment.changed', comment);
      return viewOf(comment);
    });
  }

  /** Raises as `change` does. */
  async remove(ticketId: string, id: string, match: IfMatch): Promise<void> {
    await this.contexts.transaction(async ({ em }) => {
      const comment = await this.#findOwn(em, ticketId, id, match);
      this.#put('comment.deleted', comment);
      const removed = await em.nativeDelete(TicketComment, { id, version: comment.version });
      if (removed === 0) throw new StaleVersionError();
    });
  }

  async #findOwn(em: EntityManager, ticketId: string, id: string, match: IfMatch): Promise<TicketComment> {
    await findTicket(em, ticketId);
    const comment = await em.findOneOrFail(TicketComment, { id, ticketId }, { failHandler: () => new CommentNotFoundError(id) });
    if (!isMadeByPresent(comment)) await this.access.require(TICKET_PERMISSIONS.moderate, { kind: 'ticket', id: ticketId });
    match.require(comment.version);
    return comment;
  }

  /** What was said is not repeated in the record: it may have to be taken away. */
  #put(action: AuditEntry['action'], { id, ticketId }: TicketComment): void {
    this.audit.record({ action, targets: [{ type: 'comment', id }], details: { ticketId } });
  }
}

function viewOf(comment: TicketComment): CommentView {
  const { id, ticketId, body, version, createdAt, updatedAt } = comment;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, ticketId, body, createdBy: makerView(comment), version, ...times };
}
