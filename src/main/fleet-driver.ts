import { setTimeout as wait } from 'node:timers/promises';
import { OVER, type RunEvent, type RunReport } from '#catalog/fleet/migration-run.js';
import { RunStateRefusedError } from '#catalog/fleet/fleet.errors.js';
import { isOutOfReach } from '#catalog/catalog-reach.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import type { WorkReport } from '#catalog/work/work-report.js';
import type { BegunRun, FleetDesk } from '#control/fleet/fleet-desk.js';
import { RunLeftError, VersionUnknownError } from '#control/fleet/fleet.errors.js';
import { MIGRATE_SERVER } from '#control/fleet/lane-plan.js';
import type { WorkDriver } from '#control/work/work-driver.js';
import { AppError } from '#kernel/errors/app-error.js';
import { fleetWork, type FleetHands } from '#main/fleet-work.js';
import { openWorkDriver } from '#main/platform-engine.js';
import type { Platform } from '#main/platform.js';

const LOOK_EVERY_MS = 100;
/** How often it is looked whether a server joined the run. */
const JOIN_EVERY_MS = 1_000;
/** How often something is tried again when the connection to the catalog broke, and after how long. */
const BREAKS = { most: 60, waitMs: 500 };
const HELD_UP: ReadonlySet<RunReport['state']> = new Set(['paused', 'stopped', ...OVER]);

/** What of a process's platform is asked when a run is driven. */
export type FleetSeat = Pick<Platform, 'catalog' | 'works' | 'log'> & { readonly fleet: Pick<FleetDesk, 'join' | 'plan' | 'begin'> };

/**
 * Sees a run to where nothing comes after it by itself, from this process and beside whoever else is at it; tells each change after the one of
 * number `after`. Raises VersionUnknownError for a run of a newer build, RunLeftError when nobody can go on with it, and the signal's reason when it
 * is aborted: the run goes on where somebody works on it, and later where nobody does.
 */
export async function driveRun(
  seat: FleetSeat,
  hands: FleetHands,
  { id, works }: BegunRun,
  told: (event: RunEvent) => void,
  signal?: AbortSignal,
  after = 0,
): Promise<RunReport> {
  const runs = new MigrationRuns(seat.catalog);
  const { version } = await runs.report(id);
  if (!hands.migrator.line.some(({ name }) => name === version)) throw new VersionUnknownError(version);
  const driver = openWorkDriver(seat, [fleetWork(seat, hands)], signal);
  let lanes = new DrivenLanes(driver, works, signal);
  const joinIn = repeatedly(JOIN_EVERY_MS, async () =>
    lanes.add((await seat.works.open(MIGRATE_SERVER, { run: id })).map((work) => work.id)),
  );
  let seen = after;
  const tell = async (): Promise<void> => {
    for (let some = await runs.events(id, seen); some.length > 0; some = await runs.events(id, seen))
      for (const event of some) {
        told(event);
        seen = event.seq;
      }
  };
  try {
    while (!signal?.aborted) {
      await patiently(tell, signal);
      await patiently(joinIn, signal);
      const ended = lanes.isOver;
      if (HELD_UP.has((await patiently(() => runs.report(id), signal)).state)) break;
      if (ended) {
        const outcomes = await lanes.over;
        lanes = new DrivenLanes(driver, await patiently(() => left(seat, id, outcomes), signal), signal);
      }
      await wait(LOOK_EVERY_MS);
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (!isOutOfReach(error)) throw error;
    throw new RunLeftError(id, 'the catalog is away; it goes on by a worker, or by `fleet migrate --resume`', { cause: error });
  } finally {
    // What is under way when a run is held up is brought to its end; when the signal is aborted it is handed back.
    await lanes.over;
  }
  signal?.throwIfAborted();
  await tell();
  return runs.report(id);
}

/** Lanes of a run that this process sees to their ends, as far as it can. */
class DrivenLanes {
  readonly #driven = new Map<string, Promise<WorkReport>>();
  #going = 0;

  constructor(
    private readonly driver: WorkDriver,
    works: readonly string[],
    private readonly signal?: AbortSignal,
  ) {
    this.add(works);
  }

  /** Of servers that joined the run; those it has already go on. */
  add(works: readonly string[]): void {
    for (const work of works.filter((id) => !this.#driven.has(id))) {
      this.#going += 1;
      const driven = patiently(() => this.driver.drive(work, this.signal), this.signal).finally(() => (this.#going -= 1));
      driven.catch(() => undefined); // told by `over`
      this.#driven.set(work, driven);
    }
  }

  get isOver(): boolean {
    return this.#going === 0;
  }

  get over(): Promise<readonly PromiseSettledResult<WorkReport>[]> {
    return Promise.allSettled(this.#driven.values());
  }
}

/** `work`, when it was so long ago that it was last done; else nothing. */
function repeatedly(everyMs: number, work: () => Promise<void>): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await work();
    last = performance.now();
  };
}

/** What is left to be driven of a run that ran when the lanes before had settled. Raises RunLeftError, or what kept this process from driving one. */
async function left(
  { fleet, works }: FleetSeat,
  id: string,
  outcomes: readonly PromiseSettledResult<WorkReport>[],
): Promise<readonly string[]> {
  const ends = outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
  const failed = ends.find(({ state }) => state === 'failed');
  if (failed && !(await works.open(MIGRATE_SERVER, { run: id })).some(({ isHeld }) => isHeld))
    throw new RunLeftError(id, String(failed.error));
  try {
    return (await fleet.join(id)).works;
  } catch (error) {
    // It was held up, or has come to its end, meanwhile.
    if (error instanceof RunStateRefusedError) return [];
    throw error;
  }
}

/** A connection to the catalog that breaks is made anew; raises what `work` raises too often. */
async function patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let breaks = 1; ; breaks += 1) {
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || error instanceof AppError || breaks >= BREAKS.most) throw error;
      await wait(BREAKS.waitMs, undefined, signal && { signal });
    }
  }
}
