import type { TargetOutcome } from '#catalog/fleet/record-outcomes.js';
import type { ClaimedTarget, RunTargets } from '#catalog/fleet/run-targets.js';
import type { HomeOutcome } from '#control/fleet/home-migrator.js';

/** What became of a home is kept after so long, when no other has ended by then, and a pause is heard of; a failure is kept at once. */
const KEEP_EVERY_MS = 100;
/** When nothing was heard for so long, homes of other databases than the present one go back to whoever has time for them. */
const SILENT_MS = 1_000;
/** What stands in the way of a target (a lock, a connection) may do so this often. */
const TRIES = 12;
const AGAIN_MS = { least: 100, most: 15_000 };

/**
 * Keeps what became of homes that were claimed, soon after, however long the next takes. When the run does not run any more no further one is begun; those
 * that were not begun go back. Gives how many have an outcome. `claimed` is in the order in which they are begun, database by database.
 */
export async function keepEach(
  targets: Pick<RunTargets, 'record' | 'giveBack'>,
  claimed: readonly ClaimedTarget[],
  outcomes: AsyncGenerator<readonly HomeOutcome[]>,
): Promise<number> {
  const left = new Map(claimed.map((one) => [one.target, one]));
  const told: TargetOutcome[] = [];
  const keep = async (): Promise<boolean> => targets.record(told.splice(0));
  const giveBack = async (some: readonly ClaimedTarget[]): Promise<void> => {
    for (const { target } of some) left.delete(target);
    if (some.length > 0) await targets.giveBack(some.map(({ target }) => target));
  };
  let [kept, heard, done, isRunning] = [performance.now(), performance.now(), 0, true];
  for (let next = outcomes.next(); ;) {
    next.catch(() => undefined); // told to who waits for it, and nobody does when keeping fails
    const [present] = left.values();
    const others = [...left.values()].filter(({ database }) => database !== present?.database);
    const patience = told.length > 0 ? kept + KEEP_EVERY_MS : others.length > 0 ? heard + SILENT_MS : null;
    const some = await (patience === null ? next : within(next, patience - performance.now()));
    if (some?.done) break;
    if (some) {
      told.push(...outcomesOf(claimed, some.value));
      for (const { target } of told) left.delete(target);
      done += some.value.length;
      heard = performance.now();
    } else if (performance.now() - heard >= SILENT_MS) await giveBack(others);
    if (told.length > 0 && (performance.now() - kept >= KEEP_EVERY_MS || told.some(({ state }) => state === 'failed'))) {
      isRunning = await keep();
      kept = performance.now();
    }
    if (!some) continue;
    if (!isRunning || left.size === 0) break;
    next = outcomes.next();
  }
  if (told.length > 0) await keep();
  await outcomes.return(undefined);
  await giveBack([...left.values()]);
  return done;
}

/** What is kept of outcomes, of homes that were claimed. */
export function outcomesOf(claimed: readonly ClaimedTarget[], outcomes: readonly HomeOutcome[]): TargetOutcome[] {
  const tries = new Map(claimed.map(({ database, home, target, tries: before }) => [`${database}/${home}`, { target, before }]));
  return outcomes.flatMap((outcome): TargetOutcome[] => {
    const { cluster, database, home } = outcome.home;
    const found = tries.get(`${database}/${home}`);
    if (!found) return [];
    const { target, before } = found;
    if (outcome.state === 'checked') return [{ target, state: 'checked' }];
    const known = { target, ...(outcome.at && { seen: { cluster, database, home, ...outcome.at } }) };
    if (outcome.state === 'migrated') return [{ ...known, state: 'migrated' }];
    const { error, isPassing } = outcome;
    if (isPassing && before + 1 < TRIES) return [{ ...known, state: 'again', error, inMs: againMs(before) }];
    return [{ ...known, state: 'failed', error }];
  });
}

/** Longer each time, and never all at once. */
function againMs(before: number): number {
  return Math.min(AGAIN_MS.least * 2 ** before, AGAIN_MS.most) * (0.5 + Math.random());
}

/** What `work` gives within so many milliseconds; null when it takes longer. */
async function within<T>(work: Promise<T>, milliseconds: number): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(resolve, milliseconds, null);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
