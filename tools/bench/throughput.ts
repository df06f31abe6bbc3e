import { interleave, type Measured, type Pace, type Variant } from '#tools/bench/interleave.js';
import type { PostmasterClock } from '#tools/bench/postmaster-clock.js';
import { printTable, short } from '#tools/bench/print-table.js';
import type { ResultBook } from '#tools/bench/result-book.js';
import { bootstrapRatio, median, quantile, repeatableRandom } from '#tools/bench/statistics.js';

/** A group of variants of one operation; the first is the baseline unless a variant names its own. */
export interface Race {
  readonly name: string;
  readonly variants: readonly Variant[];
  /** Baselines other than the first variant, by variant. */
  readonly against?: Readonly<Record<string, string>>;
}

/** Lets the variants run, writes each into the book as `<race>/<variant>@<concurrency>`, and prints the table. */
export async function runRace(race: Race, pace: Pace, clock: PostmasterClock, book: ResultBook): Promise<void> {
  const measured = await interleave(race.variants, pace, clock);
  const byName = new Map(measured.map((one) => [one.name, one]));
  const rows = measured.map((one) => {
    const baseline = byName.get(race.against?.[one.name] ?? '') ?? measured[0] ?? one;
    return record(`${race.name}/${one.name}@${pace.concurrency}`, one, baseline, book);
  });
  printTable(
    `${race.name}, concurrency ${pace.concurrency} (${pace.cycles} slices of ${pace.sliceMs} ms)`,
    ['variant', 'op/s', 'ratio', '95 %', 'to', 'p50 ms', 'p99 ms', 'cpu us client', 'server'],
    rows,
  );
}

function record(name: string, one: Measured, baseline: Measured, book: ResultBook): string[] {
  const value = median(one.perSecond);
  const base = median(baseline.perSecond);
  const spread = bootstrapRatio(one.perSecond, baseline.perSecond, repeatableRandom(1));
  const details = {
    baselineName: baseline.name,
    p50Ms: median(one.latencyMs),
    p99Ms: quantile(one.latencyMs, 0.99),
    clientMicros: one.clientMicros / one.operations,
    serverMicros: one.serverMicros / one.operations,
  };
  const ratio = value / base;
  book.add({ name, unit: 'op/s', value, baseline: base, ratio, runs: one.perSecond.length, spread, details });
  const interval = one === baseline ? '' : `${spread.low.toFixed(2)}-${spread.high.toFixed(2)}`;
  const { p50Ms, p99Ms, clientMicros, serverMicros } = details;
  return [
    one.name,
    short(value),
    ratio.toFixed(2),
    interval,
    baseline.name,
    short(p50Ms),
    short(p99Ms),
    short(clientMicros),
    short(serverMicros),
  ];
}
