import type { Plugin } from '#kernel/plugin/plugin.js';
import { FleetModule } from '#control/fleet/fleet.module.js';

/** Migrations over the whole fleet. */
export const fleetPlugin: Plugin = { name: 'fleet', entities: [], module: FleetModule, permissions: [], handlers: [] };
