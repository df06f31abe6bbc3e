import type { Plugin } from '#kernel/plugin/plugin.js';
import { TicketAttachment } from './attachments/attachment.entity.js';
import { RemoveFiles } from './attachments/remove-files.job.js';
import { SWEEP_FILES_DAILY, SweepFiles } from './attachments/sweep-files.job.js';
import { TicketComment } from './comments/comment.entity.js';
import { INDEX_TICKETS_DAILY, IndexTickets } from './search/index-tickets.job.js';
import { TellOfTickets } from './notifications/tell-of-tickets.job.js';
import { TICKET_COUNTS } from './ticket-counts.js';
import { TICKET_AUDIT } from './ticket.audit.js';
import { Ticket } from './ticket.entity.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';
import { TICKET_SETTINGS } from './ticket.settings.js';
import { TicketsModule } from './tickets.module.js';

/** Tickets: what a tenant's people ask of each other, what they say about it, and the files they put to it. */
export const ticketsPlugin: Plugin = {
  name: 'tickets',
  entities: [Ticket, TicketComment, TicketAttachment],
  module: TicketsModule,
  permissions: Object.values(TICKET_PERMISSIONS),
  handlers: [RemoveFiles, SweepFiles, IndexTickets, TellOfTickets],
  schedules: [SWEEP_FILES_DAILY, INDEX_TICKETS_DAILY],
  counts: TICKET_COUNTS,
  auditActions: TICKET_AUDIT,
  settings: Object.values(TICKET_SETTINGS),
};
