import type { Plugin } from '#kernel/plugin/plugin.js';
import { Ticket } from './ticket.entity.js';
import { TicketsModule } from './tickets.module.js';

/** Tickets: what a tenant's people ask of each other. */
export const ticketsPlugin: Plugin = { name: 'tickets', entities: [Ticket], module: TicketsModule };
