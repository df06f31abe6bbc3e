import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { type RunLane, RunTargets } from '#catalog/fleet/run-targets.js';
import { migrateServer, type LaneParts } from '#control/fleet/migrate-server.work.js';
import type { WorkKind } from '#control/work/work-kind.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';

/** What of a process's provisioning brings homes to a version. */
export type FleetHands = Pick<Provisioning, 'ledger' | 'migrator'> & { readonly clusterBook: LaneParts['clusters'] };

/** Bringing the homes of one server to a run's version. */
export function fleetWork(
  { catalog, works }: Pick<Platform, 'catalog' | 'works'>,
  { ledger, migrator, clusterBook }: FleetHands,
): WorkKind<never> {
  const targetsOf = (lane: RunLane): RunTargets => new RunTargets(catalog, lane);
  return migrateServer({ works, ledger, migrator, targetsOf, runs: new MigrationRuns(catalog), clusters: clusterBook });
}
