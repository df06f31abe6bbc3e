import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

const OfTicket = z.strictObject({ ticketId: z.uuid() });

/** What of tickets is put on record. */
export const TICKET_AUDIT = [
  auditAction('ticket.opened'),
  auditAction('ticket.changed'),
  auditAction('ticket.assigned'),
  auditAction('ticket.completed'),
  auditAction('ticket.cancelled'),
  auditAction('ticket.reopened'),
  auditAction('ticket.deleted'),
  auditAction('comment.written', OfTicket),
  auditAction('comment.changed', OfTicket),
  auditAction('comment.deleted', OfTicket),
  auditAction('attachment.added', z.strictObject({ ticketId: z.uuid(), size: z.int(), sha256: z.string() })),
  auditAction('attachment.deleted', OfTicket),
];
