import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { makerProperties } from '../maker.js';

const CommentSchema = defineEntity({
  name: 'TicketComment',
  tableName: 'ticket_comment',
  properties: { ...tenantProperties, ...makerProperties, ticketId: p.uuid(), body: p.text() },
});

/** What somebody said about a ticket. */
export class TicketComment extends CommentSchema.class {}
CommentSchema.setClass(TicketComment);
