import { randomUUIDv7 } from 'node:crypto';
import type { Readable } from 'node:stream';
import { type EntityManager, UniqueConstraintViolationException } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { Flags } from '#kernel/flags/flags.js';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { RawBody } from '#kernel/plugin/raw-body.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { Access } from '#workspace/access/access.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import type { StoredObject } from '#workspace/objects/object-store.js';
import { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { TenantSettings } from '#workspace/settings/tenant-settings.js';
import { isMadeByPresent, makerView, presentMaker } from '../maker.js';
import { threadPage } from '../ticket-thread.js';
import { TICKET_PERMISSIONS } from '../ticket.permissions.js';
import { TICKET_SETTINGS } from '../ticket.settings.js';
import { findTicket } from '../tickets.service.js';
import { attachmentName } from './attachment-name.js';
import { TicketAttachment } from './attachment.entity.js';
import {
  AttachmentNotFoundError,
  FileTooLargeError,
  LengthNeededError,
  StorageFullError,
  UploadsClosedError,
} from './attachment.errors.js';
import type { AttachmentPage, AttachmentView, ListAttachments } from './attachment.schemas.js';
import { placeOf } from './file-place.js';
import { releaseFiles } from './release-files.js';
import { accountFor, bytesTaken, type StorageTables } from './storage-account.js';

const MEGABYTE = 1_000_000;
const CONTENT_TYPE = /^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,80}$/;

/** A file on its way to the caller; the body must be read or destroyed. */
export interface OpenAttachment {
  readonly view: AttachmentView;
  readonly body: Readable;
}

/** Files with the tickets of the tenant in scope. Each raises TicketNotFoundError, and ObjectStoreUnavailableError where bytes are moved. */
@Injectable()
export class AttachmentsService {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly cursors: PageCursors,
    private readonly access: Access,
    private readonly audit: AuditTrail,
    private readonly outbox: Outbox,
    private readonly plans: PlanCatalogue,
    private readonly objects: TenantObjects,
    private readonly settings: TenantSettings,
    private readonly flags: Flags,
  ) {}

  /** Oldest first. Raises CursorInvalidError. */
  async list(ticketId: string, query: ListAttachments): Promise<AttachmentPage> {
    const { em } = this.contexts.open();
    await findTicket(em, ticketId);
    const page = await threadPage({ em, cursors: this.cursors, list: 'ticket-attachments', kind: TicketAttachment }, ticketId, query);
    return { ...page, data: page.data.map(viewOf) };
  }

  /**
   * The bytes go to the store first and the row after them, so that a row always has its object. The same bytes under the same name are one
   * attachment of a ticket, however often they are sent. Raises UploadsClosedError, LengthNeededError, FileTooLargeError, StorageFullError, and
   * UploadInterruptedError or WrongObjectSizeError when the body is not what was announced; nothing is kept then.
   */
  async add(ticketId: string, name: string, { stream, length, type }: RawBody): Promise<AttachmentView> {
    const { em, tenant } = this.contexts.open();
    if (!this.flags.isOn('ticket-uploads', tenant)) throw new UploadsClosedError();
    if (length === undefined) throw new LengthNeededError();
    await findTicket(em, ticketId);
    const largestMb = await this.settings.resolve(TICKET_SETTINGS.uploadMb);
    if (length > largestMb * MEGABYTE) throw new FileTooLargeError(largestMb);
    const taken = await bytesTaken(this.contexts.reads<StorageTables>());
    if (taken + length > this.#room()) throw this.#full();
    const id = randomUUIDv7();
    const contentType = contentTypeOf(type);
    const stored = await this.objects.put(placeOf(ticketId, id), stream, { size: length, contentType });
    try {
      const kept = await this.#keep({ id, ticketId, name: attachmentName(name), contentType, ...stored });
      if (kept.id !== id) await this.objects.delete(placeOf(ticketId, id));
      return kept;
    } catch (error) {
      // If this fails too, the sweep finds it; why the row was not kept is what the caller has to know.
      await this.objects.delete(placeOf(ticketId, id)).catch(() => undefined);
      throw error;
    }
  }

  /** Raises AttachmentNotFoundError and ObjectNotFoundError. */
  async open(ticketId: string, id: string): Promise<OpenAttachment> {
    const { em } = this.contexts.open();
    const attachment = await find(em, ticketId, id);
    const { body } = await this.objects.get(placeOf(ticketId, id));
    return { view: viewOf(attachment), body };
  }

  /** One's own, or with the right to moderate anybody's. Raises AttachmentNotFoundError and AccessDeniedError. */
  async remove(ticketId: string, id: string): Promise<void> {
    await this.contexts.transaction(async (transaction) => {
      const attachment = await find(transaction.em, ticketId, id);
      if (!isMadeByPresent(attachment)) await this.access.require(TICKET_PERMISSIONS.moderate, { kind: 'ticket', id: ticketId });
      await releaseFiles(transaction, this.outbox, ticketId, id);
      const removed = await transaction.em.nativeDelete(TicketAttachment, { id });
      if (removed === 0) throw new AttachmentNotFoundError(id);
      this.audit.record({ action: 'attachment.deleted', targets: [{ type: 'attachment', id }], details: { ticketId } });
    });
  }

  async #keep(file: StoredObject & Pick<TicketAttachment, 'id' | 'ticketId' | 'name' | 'contentType'>): Promise<AttachmentView> {
    const { ticketId, name, size, sha256 } = file;
    try {
      return await this.contexts.transaction(async (transaction) => {
        const { em, tenant } = transaction;
        await findTicket(em, ticketId);
        const attachment = em.create(TicketAttachment, { ...file, ...presentMaker(), tenantId: tenant.id, version: 1 });
        await em.flush();
        // Last, because others wait for it.
        if ((await accountFor(transaction, size)) > this.#room()) throw this.#full();
        this.audit.record({
          action: 'attachment.added',
          targets: [{ type: 'attachment', id: file.id }],
          details: { ticketId, size, sha256 },
        });
        return viewOf(attachment);
      });
    } catch (error) {
      const same =
        error instanceof UniqueConstraintViolationException &&
        (await this.contexts.open().em.findOne(TicketAttachment, { ticketId, name, sha256 }));
      if (same) return viewOf(same);
      throw error;
    }
  }

  #room(): number {
    return this.#limitMb() * MEGABYTE;
  }

  #full(): StorageFullError {
    return new StorageFullError(this.#limitMb());
  }

  #limitMb(): number {
    return this.plans.entitlementsOf(this.contexts.open().tenant).limits.attachmentsMb;
  }
}

async function find(em: EntityManager, ticketId: string, id: string): Promise<TicketAttachment> {
  await findTicket(em, ticketId);
  return em.findOneOrFail(TicketAttachment, { id, ticketId }, { failHandler: () => new AttachmentNotFoundError(id) });
}

/** Without its parameters; what is no type at all is bytes. */
function contentTypeOf(header: string | undefined): string {
  const type = (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return CONTENT_TYPE.test(type) ? type : 'application/octet-stream';
}

function viewOf(attachment: TicketAttachment): AttachmentView {
  const { id, ticketId, name, contentType, size, sha256, createdAt } = attachment;
  return { id, ticketId, name, contentType, size, sha256, createdBy: makerView(attachment), createdAt: createdAt.toISOString() };
}
