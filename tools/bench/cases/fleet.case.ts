import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import type { Home } from '#catalog/fleet/home-ledger.js';
import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { FleetVerifier } from '#control/fleet/fleet-verifier.js';
import { PostgresHomeTruth } from '#adapters/postgres/truth/postgres-home-truth.js';
import { ReferenceHome } from '#adapters/postgres/truth/reference-home.js';
import { step } from '#testing/fleet/migration-step.js';
import { FleetStage } from '#testing/fleet/fleet-stage.js';
import type { BenchCase } from '#tools/bench/cases/bench-case.js';
import { clientPerHome, handLoop } from '#tools/bench/fleet/hand-loop.js';
import { ormMigrator } from '#tools/bench/fleet/orm-migrator.js';
import { RunWatch } from '#tools/bench/fleet/run-watch.js';
import { printTable, short } from '#tools/bench/print-table.js';
import type { ResultBook } from '#tools/bench/result-book.js';
import { median } from '#tools/bench/statistics.js';

const DATABASES = 20;
const AT_ONCE = 4;
/** Homes that slow ways are tried on; each is a share of the whole. */
const SAMPLE = 30;
const ROUNDS = 5;

/**
 * A run over the fleet beside loops that issue the same statements, in turns; and looking at it when there is nothing to do. The loop checks
 * nothing, so it is held against the time until the last home was migrated; the run is over when each was held against the reference too.
 */
export const fleetCase: BenchCase = {
  name: 'fleet',
  run: async ({ options, book }) => {
    const stage = await FleetStage.open(null);
    try {
      const fleet = new MeasuredFleet(stage, book);
      const rows = [];
      for (const size of options.isQuick ? [100, 300] : [100, 300, 1_000, 3_000]) rows.push(await fleet.at(size));
      printTable(
        `a run over N schemas, ${String(DATABASES)} databases and the shared home; medians of ${String(ROUNDS)}, ${String(AT_ONCE)} at once`,
        [
          'schemas',
          'migrated, s',
          'by hand, s',
          'ratio',
          'ms a home',
          'and checked, s',
          'ms a home',
          'heap, MiB',
          'connections',
          'due, ms',
          'verify, s',
        ],
        rows,
      );
      await fleet.slowWays();
    } finally {
      await stage.close();
    }
  },
};

class MeasuredFleet {
  readonly #line: MigrationStep[];
  readonly #homes: Home[] = [];
  readonly #migratorUrl: string;

  constructor(
    private readonly stage: FleetStage,
    private readonly book: ResultBook,
  ) {
    this.#line = [...stage.tests.platform.homes.line];
    this.#migratorUrl = String(stage.tests.provisioning.clusters[0]?.migratorUrl);
  }

  /** Another step of the same kind each time: a column and an index. */
  #next(): MigrationStep {
    const name = `${String(1_000 + this.#line.length)}-bench`;
    const column = `bench_${String(this.#line.length)}`;
    const added = step(name, [`alter table tickets add column ${column} text`, `create index on tickets (tenant_id, ${column})`]);
    this.#line.push(added);
    return added;
  }

  async #grow(size: number): Promise<void> {
    if (this.#homes.length === 0) this.#homes.push(this.stage.shared, ...(await this.stage.databases(DATABASES)));
    const more = size + DATABASES + 1 - this.#homes.length;
    this.#homes.push(...(await this.stage.schemas(more)));
    // The new ones have had the product's line alone.
    const release = this.stage.release(this.#line);
    await release.migrate({ maxFailures: { percent: 100 } });
  }

  async at(size: number): Promise<string[]> {
    await this.#grow(size);
    const [ours, whole, byHand]: [number[], number[], number[]] = [[], [], []];
    const watch = new RunWatch(this.stage);
    for (let round = 0; round < ROUNDS; round += 1) {
      byHand.push(await seconds(() => this.#byHand()));
      const began = Date.now();
      whole.push(await seconds(() => watch.during(async () => void ours.push(((await this.#ours()) - began) / 1_000))));
    }
    const release = this.stage.release(this.#line);
    const due = await seconds(() => release.desk.plan(RUN_DEFAULTS));
    const verify = await seconds(() => this.#verify());
    const value = median(ours);
    const baseline = median(byHand);
    const spread = { low: Math.min(...ours) / baseline, high: Math.max(...ours) / baseline };
    const details = {
      msAHome: (value * 1_000) / this.#homes.length,
      checkedSeconds: median(whole),
      checkedMsAHome: (median(whole) * 1_000) / this.#homes.length,
      heapMiB: watch.heap / 2 ** 20,
      connections: watch.connections,
      dueMs: due * 1_000,
      verifySeconds: verify,
    };
    this.book.add({ name: `fleet/${String(size)}`, unit: 's', value, baseline, ratio: value / baseline, runs: ROUNDS, spread, details });
    return [
      String(size),
      ...[short(value), short(baseline), short(value / baseline), short(details.msAHome)],
      ...[short(details.checkedSeconds), short(details.checkedMsAHome), short(details.heapMiB)],
      ...[String(watch.connections), short(details.dueMs), short(verify)],
    ];
  }

  async #byHand(): Promise<void> {
    await handLoop(this.#migratorUrl, this.#homes, this.#next(), AT_ONCE);
    const version = this.#line.at(-1)?.name ?? '';
    await this.stage.tests.provisioning.ledger.note(this.#homes.map((home) => ({ ...home, version, needs: '' })));
  }

  /** Gives when the last home was migrated, in milliseconds since 1970; each is held against the reference by then or after it. */
  async #ours(): Promise<number> {
    this.#next();
    const release = this.stage.release(this.#line);
    const { id, state, targets } = await release.migrate({ concurrency: AT_ONCE });
    if (state !== 'done' || targets.migrated !== this.#homes.length)
      throw new Error(`the run ended ${state} with ${JSON.stringify(targets)}`);
    const events = await release.runs.events(id, 0);
    const last = events.find((event) => event.targets.migrated === this.#homes.length);
    if (!last) throw new Error('the run told of more changes than are read here');
    return Number(last.at);
  }

  async #verify(): Promise<void> {
    const { clusterBook, foundations } = this.stage.tests.provisioning;
    const truth = new PostgresHomeTruth(clusterBook, new ReferenceHome(clusterBook, this.#line));
    const version = this.#line.at(-1)?.name ?? '';
    const { drifted, checked } = await new FleetVerifier(truth, foundations).verify(this.#homes.map((home) => ({ ...home, version })));
    if (drifted.length > 0 || checked !== this.#homes.length) throw new Error(`${String(drifted.length)} homes drifted`);
  }

  /** On a few homes of the largest fleet, held against ours until the last was migrated, for these check nothing either. The homes are not what their line makes after that. */
  async slowWays(): Promise<void> {
    const homes = this.#homes.slice(-SAMPLE);
    const ways = {
      'one client a home': () => clientPerHome(this.#migratorUrl, homes, this.#next()),
      'the migrator of the ORM': () => ormMigrator(this.#migratorUrl, homes, this.#next()),
    };
    const ours = this.book.find(`fleet/${String(this.#homes.length - DATABASES - 1)}`)?.details?.['msAHome'];
    const rows: string[][] = [];
    for (const [name, way] of Object.entries(ways)) {
      const value = ((await seconds(way)) * 1_000) / homes.length;
      const ratio = value / Number(ours);
      this.book.add({ name: `fleet/${name}`, unit: 'ms a home', value, baseline: Number(ours), ratio, runs: 1, spread: null });
      rows.push([name, short(value), `${short(ratio)} x`]);
    }
    printTable(`other ways, tried on ${String(homes.length)} schemas`, ['', 'ms a home', 'to ours'], rows);
  }
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}
