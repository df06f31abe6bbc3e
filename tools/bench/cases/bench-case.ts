import type { BenchWorld } from '#tools/bench/bench-world.js';

/** One subject of measurement; it writes what it finds into the world's book and prints it. */
export interface BenchCase {
  readonly name: string;
  readonly run: (world: BenchWorld) => Promise<void>;
}
