/** The middle of the values; NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of the values lies, between neighbours by proportion; NaN for none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** An interval that holds the ratio with 95 % confidence. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 1_000;

/**
 * How far the ratio of two medians could lie elsewhere by chance: both series are drawn anew, cycle by cycle, so that what
 * disturbed a whole cycle disturbs both sides of the ratio.
 */
export function bootstrapRatio(values: readonly number[], baselines: readonly number[], random: () => number): Spread {
  const cycles = Math.min(values.length, baselines.length);
  const ratios = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: cycles }, () => Math.floor(random() * cycles));
    const of = (series: readonly number[]): number => median(drawn.map((cycle) => series[cycle] ?? NaN));
    return of(values) / of(baselines);
  });
  return { low: quantile(ratios, 0.025), high: quantile(ratios, 0.975) };
}

/** Numbers in [0, 1) that are the same in every run (mulberry32), so that two reports of one series agree. */
export function repeatableRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
