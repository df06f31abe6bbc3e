import { LISTED_TARGETS, OVER, type RunReport, type RunWish, type TargetCounts } from '#catalog/fleet/migration-run.js';
import { RunStateRefusedError, RunUnderWayError } from '#catalog/fleet/fleet.errors.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { RunLeftError } from '#control/fleet/fleet.errors.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { driveRun, type FleetSeat } from '#main/fleet-driver.js';
import type { FleetHands } from '#main/fleet-work.js';

/** What a start does by itself: nobody is there to look at canaries, and one tenant's failure keeps no other from its version. */
const AT_START: RunWish = { ...RUN_DEFAULTS, canary: 0, maxFailures: { percent: 100 } };
/** How often it looks anew when somebody else's run is over or begun between two looks. */
const ROUNDS = 5;

/** What became of bringing everything on. */
export interface BroughtFleet {
  readonly run: string | null;
  readonly targets: TargetCounts;
  readonly failures: readonly { readonly target: string; readonly error: string }[];
}

type BringingHands = FleetHands & { readonly clusterBook: Pick<ClusterBook, 'all'> };

/**
 * Brings every home that is behind as far as it may go now, after the run that is under way, whoever began it; what failed of that is tried again
 * only when it is over. A run that somebody holds up, that is a newer build's, or that is on servers which are not known here is left to others and reported.
 */
export async function bringFleet(seat: FleetSeat, hands: BringingHands): Promise<BroughtFleet> {
  const runs = new MigrationRuns(seat.catalog);
  let joined: RunReport | null = null;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const latest = await runs.latest();
    if (latest && !OVER.has(latest.state)) {
      const why = await whyLeft(runs, hands, latest);
      if (why !== null) return heldUp(latest, why);
      try {
        joined = await driveRun(seat, hands, await seat.fleet.join(latest.id), () => undefined);
      } catch (error) {
        // It was held up or came to its end between two looks.
        if (error instanceof RunStateRefusedError) continue;
        if (error instanceof RunLeftError) return heldUp(latest, error.message);
        throw error;
      }
      if (joined.state === 'aborted') return heldUp(joined, 'it was aborted');
      if (!OVER.has(joined.state)) continue;
    }
    if ((await seat.fleet.plan(AT_START)).targets.length === 0) return joined ? brought(runs, joined) : NOTHING;
    try {
      return await brought(runs, await driveRun(seat, hands, await seat.fleet.begin(AT_START), () => undefined));
    } catch (error) {
      if (error instanceof RunUnderWayError) continue;
      if (error instanceof RunLeftError) return { ...NOTHING, failures: [{ target: 'fleet', error: `${error.code}: ${error.message}` }] };
      throw error;
    }
  }
  return { ...NOTHING, failures: [{ target: 'fleet', error: 'fleet.held-up: others begin and end runs all the time' }] };
}

const NOTHING: BroughtFleet = { run: null, targets: { total: 0, migrated: 0, failed: 0, skipped: 0, pending: 0 }, failures: [] };

/** Why this process leaves a run to others; null when it does not. */
async function whyLeft(
  runs: MigrationRuns,
  { migrator, clusterBook }: BringingHands,
  { id, state, version }: RunReport,
): Promise<string | null> {
  if (state !== 'running') return `it is ${state}; resume it or abort it`;
  if (!migrator.line.some(({ name }) => name === version)) return `it goes to ${version}, which this build does not have`;
  const here = new Set((await clusterBook.all()).map(({ name }) => name));
  const elsewhere = (await runs.clusters(id)).filter((cluster) => !here.has(cluster));
  return elsewhere.length === 0 ? null : `it is on servers that are not known here: ${elsewhere.join(', ')}`;
}

function heldUp({ id, targets }: RunReport, why: string): BroughtFleet {
  return { run: id, targets, failures: [{ target: 'fleet', error: `fleet.held-up: run ${id} is left to others: ${why}` }] };
}

async function brought(runs: MigrationRuns, { id, state, targets }: RunReport): Promise<BroughtFleet> {
  const failed = (await runs.targets(id, ['failed'], LISTED_TARGETS)).map(({ target, error }) => ({ target, error: error ?? '' }));
  const ended = state === 'done' || state === 'failed' ? [] : [{ target: 'fleet', error: `fleet.held-up: run ${id} is ${state}` }];
  return { run: id, targets, failures: [...ended, ...failed] };
}
