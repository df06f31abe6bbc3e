import type { Provider } from '@nestjs/common';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { FleetDesk } from '#control/fleet/fleet-desk.js';
import { FleetStreams } from '#control/fleet/fleet-streams.js';
import type { Platform } from '#main/platform.js';

/** Runs over the fleet, for whoever asks for them and watches. */
export function fleetProviders({ catalog, fleet }: Platform): (Provider & { provide: unknown })[] {
  const runs = new MigrationRuns(catalog);
  return [
    { provide: FleetDesk, useValue: fleet },
    { provide: MigrationRuns, useValue: runs },
    { provide: FleetStreams, useValue: new FleetStreams(runs) },
  ];
}
