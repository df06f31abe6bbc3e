import { defineEntity, p } from '@mikro-orm/core';
import { tenantProperties } from '#kernel/model/tenant-properties.js';
import { TextListType } from '#kernel/model/text-list.type.js';
import { makerProperties } from './maker.js';
import { isOver, mayFollow, type TicketStatus } from './ticket-status.js';
import { TicketNotOpenError } from './ticket.errors.js';

export const TICKET_PRIORITIES = ['low', 'normal', 'high', 'urgent'] as const;
export type TicketPriority = (typeof TICKET_PRIORITIES)[number];

const TicketSchema = defineEntity({
  name: 'Ticket',
  tableName: 'tickets',
  properties: {
    ...tenantProperties,
    ...makerProperties,
    title: p.text(),
    description: p.text(),
    status: p.text().$type<TicketStatus>(),
    priority: p.text().$type<TicketPriority>(),
    assigneeId: p.uuid().nullable(),
    labels: p.type(TextListType),
    dueAt: p.datetime(3).nullable(),
    /** By which rules its terms were made; null when it has none yet (see TicketTerms). */
    termsVersion: p.smallint().nullable(),
  },
});

/** Something somebody asked for, until it is done or dropped. */
export class Ticket extends TicketSchema.class {
  /** To somebody, or with null to nobody. Raises TicketNotOpenError. */
  assignTo(memberId: string | null): void {
    if (isOver(this.status)) throw new TicketNotOpenError(this.status);
    this.assigneeId = memberId;
  }

  /** Raises TicketNotOpenError, also when it was completed before. */
  complete(): void {
    if (isOver(this.status)) throw new TicketNotOpenError(this.status);
    this.status = 'completed';
  }

  /** Raises TicketNotOpenError when that may not follow; what it is already, it may stay. */
  moveTo(status: TicketStatus): void {
    if (status === this.status) return;
    if (!mayFollow(this.status, status)) throw new TicketNotOpenError(this.status);
    this.status = status;
  }
}
TicketSchema.setClass(Ticket);
