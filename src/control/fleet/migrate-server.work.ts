import { setTimeout as wait } from 'node:timers/promises';
import type { HomeLedger } from '#catalog/fleet/home-ledger.js';
import type { RunReport, RunWish } from '#catalog/fleet/migration-run.js';
import type { MigrationRuns, RunOrder, RunTransaction } from '#catalog/fleet/migration-runs.js';
import type { RunLane, RunTargets } from '#catalog/fleet/run-targets.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import { LaneTakenError, VersionUnknownError } from '#control/fleet/fleet.errors.js';
import type { HomeLane, HomeMigrator } from '#control/fleet/home-migrator.js';
import { laneOf, MIGRATE_SERVER, type LaneInput } from '#control/fleet/lane-plan.js';
import { inLanes } from '#control/fleet/in-lanes.js';
import { keepEach, outcomesOf } from '#control/fleet/keep-outcomes.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { ClusterUnknownError } from '#control/provisioning/provisioning.errors.js';
import { WorkElsewhereError, type WorkKind, type WorkTry } from '#control/work/work-kind.js';

/** How many homes are claimed at once, and schemas of one database go through one transaction: as fast as more, and few enough to be locked for an instant only. */
const TOGETHER = 50;
/** How many are held against the reference at once: more of them cost more each. */
const CHECKED_TOGETHER = 50;
/** A claim is so much work, as fast as the homes before went. */
const CLAIM_MS = 500;
/** Of homes that take no longer, a claim leaves no share to the other lanes: they are soon back. */
const QUICK_MS = 10;
/** Who has nothing to do looks again after so long, and longer each time. */
const LOOK_AGAIN_MS = { least: 20, most: 500, growth: 1.5 };
/** A lane may take as long as the fleet is large; that it is alive its lease says. */
const LONGEST_MS = 7 * 24 * 3_600_000;
export interface LaneParts {
  readonly targetsOf: (lane: RunLane) => RunTargets;
  readonly ledger: HomeLedger;
  readonly runs: MigrationRuns;
  readonly works: WorkBook;
  readonly migrator: HomeMigrator;
  readonly clusters: Pick<ClusterBook, 'named' | 'all'>;
}

/**
 * Does the part of a run that is on one server, until the run is over or held up. Whoever is killed is followed by another, which begins with
 * what was left: each database itself knows what it has had, so nothing is done twice.
 */
export function migrateServer(parts: LaneParts): WorkKind<LaneInput> {
  // A process that dies is no reason to give up, however often.
  const patience = { timeoutMs: LONGEST_MS, attempts: Number.POSITIVE_INFINITY, againAfterMs };
  return { ...MIGRATE_SERVER, ...patience, steps: [{ name: 'migrate', run: (input, work) => migrate(parts, input, work) }] };
}

async function migrate(parts: LaneParts, { run, cluster }: LaneInput, { id, attempt, signal }: WorkTry): Promise<void> {
  const { targetsOf, runs, migrator, clusters, works } = parts;
  const { state, wish, version } = await runs.report(run);
  if (state !== 'running') return;
  // Whoever was at it when the run was held up may be at it yet.
  const others = (await works.open(MIGRATE_SERVER, { run, cluster })).filter((other) => other.isHeld && other.id !== id);
  if (others.length > 0) throw new WorkElsewhereError(new LaneTakenError(cluster));
  // Another process knows the server, or another build the version, and goes on with this work later.
  await clusters.named(cluster).catch(leftToOthers);
  if (!migrator.line.some(({ name }) => name === version)) throw new WorkElsewhereError(new VersionUnknownError(version));
  const targets = targetsOf({ run, cluster, holder: `${id}:${String(attempt)}` });
  await targets.takeOver();
  // One that finds the run held up goes, and the others with it: a run that is resumed meanwhile is to have all its lanes again.
  const ending = { isOver: false };
  await inLanes(wish.concurrency, signal, async (within) => {
    const lane = migrator.lane(cluster, version);
    try {
      await drain(parts, targets, lane, wish, ending, within);
    } finally {
      await lane.close();
    }
  });
}

/** Homes are migrated as long as there are any, and held against the reference when there is time: no home waits for another's check but a canary's. */
async function drain(
  parts: LaneParts,
  targets: RunTargets,
  lane: HomeLane,
  { lockTimeoutMs, concurrency }: RunWish,
  ending: { isOver: boolean },
  signal: AbortSignal,
): Promise<void> {
  let again = LOOK_AGAIN_MS.least;
  let msAHome: number | null = null;
  while (!ending.isOver) {
    signal.throwIfAborted();
    const atMost = msAHome === null ? TOGETHER : Math.min(TOGETHER, Math.max(1, Math.floor(CLAIM_MS / msAHome)));
    const claimed = await targets.claim(atMost, msAHome !== null && msAHome <= QUICK_MS ? 1 : concurrency);
    const standing = claimed.length > 0 ? 'claim' : await targets.standing((em, run) => becameDue(parts, em, run));
    if (standing === 'over') {
      ending.isOver = true;
      return;
    }
    const migrated = standing === 'waiting' ? await targets.claimMigrated(CHECKED_TOGETHER) : [];
    if (standing === 'waiting' && migrated.length === 0) {
      await targets.takeOver();
      await wait(again, undefined, { signal });
      again = Math.min(again * LOOK_AGAIN_MS.growth, LOOK_AGAIN_MS.most);
      continue;
    }
    again = LOOK_AGAIN_MS.least;
    if (claimed.length > 0) {
      const began = performance.now();
      const done = await keepEach(targets, claimed, lane.migrate(claimed, { lockTimeoutMs, signal }));
      msAHome = (performance.now() - began) / Math.max(1, done);
    }
    if (migrated.length > 0) await targets.record(outcomesOf(migrated, await lane.check(migrated, signal)));
  }
}

/**
 * Homes of the run's filter that are behind and no target yet: tenants that came while it ran. A server that was none of its has a lane from now on; one
 * that this process does not know is a later run's, as it is when a run is begun.
 */
async function becameDue(
  { ledger, runs, works, clusters }: LaneParts,
  em: RunTransaction,
  { id, version, wish }: RunReport,
): Promise<RunOrder['targets']> {
  const known = await runs.names(id, em);
  const here = new Set((await clusters.all()).map(({ name }) => name));
  const found = (await ledger.due(version, wish, em)).filter(({ target, cluster }) => !known.targets.has(target) && here.has(cluster));
  for (const cluster of new Set(found.map((home) => home.cluster)))
    if (!known.clusters.has(cluster)) await works.enqueue(em, { kind: MIGRATE_SERVER, ...laneOf(id, cluster) });
  return found.map((home) => ({ ...home, wave: 0 }));
}

function leftToOthers(error: unknown): never {
  throw error instanceof ClusterUnknownError ? new WorkElsewhereError(error) : error;
}

/** How long a lane that could not be gone on with is left alone; never two of them alike. */
function againAfterMs(failures: number): number {
  return Math.min(250 * failures, 5_000) * (0.5 + Math.random());
}
