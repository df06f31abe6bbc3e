import { setTimeout as wait } from 'node:timers/promises';
import { OVER, type RunEvent, type RunReport, type RunWish, type TargetCounts } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import { openWorkDriver } from '#main/platform-engine.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import { fleetWork } from '#main/work-kinds.js';

const LOOK_EVERY_MS = 100;
const HELD_UP: ReadonlySet<RunReport['state']> = new Set(['paused', 'stopped', ...OVER]);

/**
 * Sees a run to where nothing comes after it by itself, from this process and beside whoever else is at it; tells each change after the one of number `after`. Raises the
 * signal's reason when it is aborted: the run goes on where somebody works on it, and later where nobody does.
 */
export async function driveRun(
  platform: Platform,
  provisioning: Provisioning,
  { id, works }: BegunRun,
  told: (event: RunEvent) => void,
  signal?: AbortSignal,
  after = 0,
): Promise<RunReport> {
  const runs = new MigrationRuns(platform.catalog);
  const driver = openWorkDriver(platform, [fleetWork(platform, provisioning)], signal);
  const lanes = Promise.allSettled(works.map((work) => driver.drive(work, signal)));
  let seen = after;
  const tell = async (): Promise<void> => {
    for (const event of await runs.events(id, seen)) {
      told(event);
      seen = event.seq;
    }
  };
  while (!signal?.aborted) {
    await tell();
    if (HELD_UP.has((await runs.report(id)).state)) break;
    await wait(LOOK_EVERY_MS);
  }
  // What is under way when a run is held up is brought to its end; when the signal is aborted it is handed back.
  await lanes;
  signal?.throwIfAborted();
  await tell();
  return runs.report(id);
}

/** What a start does by itself: nobody is there to look at canaries, and one tenant's failure keeps no other from its version. */
const AT_START: RunWish = { ...RUN_DEFAULTS, canary: 0, maxFailures: { percent: 100 } };

/** What became of bringing everything to the newest version. */
export interface BroughtFleet {
  readonly run: string | null;
  readonly targets: TargetCounts;
  readonly failures: readonly { readonly target: string; readonly error: string }[];
}

/** Brings every home that is behind to the newest version, after a run that was left alone; one that somebody holds up is left to them. */
export async function bringFleet(platform: Platform, provisioning: Provisioning): Promise<BroughtFleet> {
  const runs = new MigrationRuns(platform.catalog);
  const left = await runs.latest();
  if (left?.state === 'paused' || left?.state === 'stopped') {
    const error = `fleet.held-up: run ${left.id} is ${left.state}; resume it or abort it`;
    return { run: left.id, targets: left.targets, failures: [{ target: 'fleet', error }] };
  }
  if (left?.state === 'running') await driveRun(platform, provisioning, await platform.fleet.resume(left.id), () => undefined);
  const { targets } = await platform.fleet.plan(AT_START);
  if (targets.length === 0) return { run: null, targets: { total: 0, migrated: 0, failed: 0, skipped: 0, pending: 0 }, failures: [] };
  const { id, targets: counts } = await driveRun(platform, provisioning, await platform.fleet.begin(AT_START), () => undefined);
  const failed = await runs.targets(id, ['failed'], 1_000);
  return { run: id, targets: counts, failures: failed.map(({ target, error }) => ({ target, error: error ?? '' })) };
}
