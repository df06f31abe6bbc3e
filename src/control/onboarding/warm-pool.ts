import type { WarmKind, WarmPlace, WarmPlaces } from '#catalog/onboarding/warm-places.js';
import { WARM_POOL } from '#control/onboarding/onboarding-plan.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import type { PlaceMaker } from '#control/provisioning/isolation-layer.js';
import type { Placer } from '#control/provisioning/placer.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind, WorkTry } from '#control/work/work-kind.js';
import { failureText } from '#kernel/jobs/job-failure.js';

/** How many places of a kind are kept ready on each shared cluster. */
export type WarmGoals = Readonly<Record<WarmKind, number>>;

export interface WarmPoolParts {
  readonly pool: WarmPlaces;
  readonly clusters: ClusterBook;
  readonly placer: Placer;
  readonly maker: PlaceMaker;
  readonly goals: WarmGoals;
}

/** Fills the pool up to its goals, brings older places to the newest migration, and takes away those that could not be made. */
export function fillWarmPool(parts: WarmPoolParts): WorkKind {
  return { ...WARM_POOL, timeoutMs: 300_000, steps: [{ name: 'fill', run: (_input, work) => fill(parts, work) }] };
}

export const WARM_POOL_MINUTELY: PlatformSchedule = { name: WARM_POOL.name, kind: WARM_POOL, every: { milliseconds: 60_000 } };

async function fill({ pool, clusters, placer, maker, goals }: WarmPoolParts, { signal }: WorkTry): Promise<void> {
  for (const { name, kind: owner } of await clusters.all()) {
    if (owner !== 'shared') continue;
    const cluster = await clusters.named(name);
    for (const [kind, goal] of Object.entries(goals) as [WarmKind, number][])
      await pool.plan(name, kind, goal, maker.version, () => placer.nameOn(cluster, kind));
    for (const place of await pool.due(name, maker.version)) {
      signal.throwIfAborted();
      await attend(place, pool, maker, signal);
    }
  }
}

/** One place that cannot be made keeps no other from being made. */
async function attend(place: WarmPlace, pool: WarmPlaces, maker: PlaceMaker, signal: AbortSignal): Promise<void> {
  try {
    if (place.state === 'broken') {
      await maker.discard(place);
      await pool.forget(place.id);
      return;
    }
    await maker.make(place);
    await pool.ready(place.id, maker.version);
  } catch (error) {
    signal.throwIfAborted();
    await pool.broken(place.id, failureText(error));
  }
}
