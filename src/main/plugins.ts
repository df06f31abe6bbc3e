import type { Plugin } from '#kernel/plugin/plugin.js';
import { ticketsPlugin } from '#plugins/tickets/tickets.plugin.js';

/** The parts this product has; the only list of them. */
export const plugins: readonly Plugin[] = [ticketsPlugin];
