import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { TextListType } from '#kernel/model/text-list.type.js';

export const TICKET_STATUSES = ['open', 'in_progress', 'completed', 'cancelled'] as const;
export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;

export type TicketStatus = (typeof TICKET_STATUSES)[number];
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

const TicketSchema = defineEntity({
  name: 'Ticket',
  tableName: 'tickets',
  properties: {
    ...tenantProperties,
    title: p.text(),
    description: p.text(),
    status: p.text().$type<TicketStatus>(),
    priority: p.text().$type<TicketPriority>(),
    assigneeId: p.uuid().nullable(),
    labels: p.type(TextListType),
    dueAt: p.datetime(3).nullable(),
  },
});

/** Something somebody asked for, until it is done or dropped. */
export class Ticket extends TicketSchema.class {}
TicketSchema.setClass(Ticket);
