import type { PostmasterClock } from '#tools/bench/postmaster-clock.js';
import { repeatableRandom } from '#tools/bench/statistics.js';

/** One way to do an operation. It checks its own answer and raises when that is wrong. */
export interface Variant {
  readonly name: string;
  /** Operations before the first slice: more where caches are per schema. */
  readonly warmUp?: number;
  readonly run: () => Promise<unknown>;
}

/** What one variant did, cycle by cycle. */
export interface Measured {
  readonly name: string;
  readonly perSecond: number[];
  readonly latencyMs: number[];
  operations: number;
  clientMicros: number;
  serverMicros: number;
}

export interface Pace {
  readonly concurrency: number;
  readonly cycles: number;
  readonly sliceMs: number;
  /** Whether the caches have been filled already. */
  readonly isWarm?: boolean;
}

const WARM_UP = 400;

/**
 * Gives every variant a short slice in each cycle, in shuffled order, so that whatever happens on the machine meantime happens to all.
 * Numbers are to be compared within one call only.
 */
export async function interleave(variants: readonly Variant[], pace: Pace, clock: PostmasterClock): Promise<Measured[]> {
  if (!pace.isWarm) for (const { run, warmUp = WARM_UP } of variants) await repeat(run, warmUp);
  const measured = variants.map(({ name }) => emptyMeasure(name));
  const random = repeatableRandom(pace.concurrency);
  for (let cycle = 0; cycle < pace.cycles; cycle += 1) {
    for (const index of shuffled(variants.length, random)) {
      const variant = variants[index];
      const into = measured[index];
      if (variant && into) await slice(variant, into, pace, clock);
    }
  }
  return measured;
}

async function slice({ run }: Variant, into: Measured, { concurrency, sliceMs }: Pace, clock: PostmasterClock): Promise<void> {
  let operations = 0;
  clock.lap();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const caller = async (): Promise<void> => {
    while (performance.now() - begin < sliceMs) {
      const sent = performance.now();
      await run();
      into.latencyMs.push(performance.now() - sent);
      operations += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  into.perSecond.push((operations / (performance.now() - begin)) * 1_000);
  const { user, system } = process.cpuUsage(cpu);
  into.clientMicros += user + system;
  into.serverMicros += clock.lap();
  into.operations += operations;
}

/** Sixteen at once, as the pools have connections: each of them has caches of its own. */
async function repeat(run: () => Promise<unknown>, times: number): Promise<void> {
  let left = times;
  const caller = async (): Promise<void> => {
    for (; left > 0; left -= 1) await run();
  };
  await Promise.all(Array.from({ length: 16 }, caller));
}

function emptyMeasure(name: string): Measured {
  return { name, perSecond: [], latencyMs: [], operations: 0, clientMicros: 0, serverMicros: 0 };
}

function shuffled(length: number, random: () => number): number[] {
  return Array.from({ length }, (_, index) => ({ index, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ index }) => index);
}
