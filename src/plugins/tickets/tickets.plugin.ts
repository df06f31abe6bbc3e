import type { Plugin } from '#kernel/plugin/plugin.js';
import { Ticket } from './ticket.entity.js';
import { TICKET_PERMISSIONS } from './ticket.permissions.js';
import { TicketsModule } from './tickets.module.js';

/** Tickets: what a tenant's people ask of each other. */
export const ticketsPlugin: Plugin = {
  name: 'tickets',
  entities: [Ticket],
  module: TicketsModule,
  permissions: Object.values(TICKET_PERMISSIONS),
  handlers: [],
};
