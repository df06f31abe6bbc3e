import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { makerProperties } from '../maker.js';

const AttachmentSchema = defineEntity({
  name: 'TicketAttachment',
  tableName: 'ticket_attachment',
  properties: {
    ...tenantProperties,
    ...makerProperties,
    ticketId: p.uuid(),
    name: p.text(),
    contentType: p.text(),
    /** Bytes. */
    size: p.integer(),
    sha256: p.text(),
  },
});

/** A file with a ticket; its bytes are in the object store, under its id. It is never changed. */
export class TicketAttachment extends AttachmentSchema.class {}
AttachmentSchema.setClass(TicketAttachment);
