import type { PlatformAudit } from '#catalog/audit/platform-audit.js';
import type { HomeFilter, HomeLedger, KnownHome } from '#catalog/fleet/home-ledger.js';
import type { RunReport, RunWish } from '#catalog/fleet/migration-run.js';
import type { MigrationRuns, RunOrder, RunTransaction } from '#catalog/fleet/migration-runs.js';
import type { WorkBook } from '#catalog/work/work-book.js';
import type { OpenWork } from '#catalog/work/work-report.js';
import { RunStateRefusedError } from '#catalog/fleet/fleet.errors.js';
import { inWaves, reachBy, stepsAfter, type MigrationPlanStep } from '#control/fleet/fleet-plan.js';
import { TenantsUnknownError } from '#control/fleet/fleet.errors.js';
import { laneOf, MIGRATE_SERVER } from '#control/fleet/lane-plan.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import type { Once } from '#kernel/idempotency/once.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';

export const RUN_DEFAULTS: RunWish = { canary: 1, concurrency: 4, maxFailures: { count: 5 }, lockTimeoutMs: 500 };

/** What a run would do, without doing it. */
export interface FleetPlan {
  readonly version: string;
  readonly targets: RunOrder['targets'];
  readonly skipped: RunOrder['skipped'];
  /** What is sent to the oldest of the targets, in its order. */
  readonly steps: readonly MigrationPlanStep[];
}

/** A run that was begun, with the works that do it: one a server. */
export interface BegunRun {
  readonly id: string;
  readonly works: readonly string[];
}

export interface FleetDeskParts {
  readonly ledger: HomeLedger;
  readonly runs: MigrationRuns;
  readonly works: WorkBook;
  readonly audit: PlatformAudit;
  readonly clusters: Pick<ClusterBook, 'all'>;
  readonly line: readonly MigrationPlanStep[];
}

/** Where runs over the fleet are asked for, held up and ended; each decision is one transaction with its record and the works that follow. */
export class FleetDesk {
  constructor(private readonly parts: FleetDeskParts) {}

  get newest(): string {
    return this.parts.line.at(-1)?.name ?? '';
  }

  /** What a run would do now, by the ledger. Raises RegionUnknownError and TenantsUnknownError. */
  async plan(wish: RunWish): Promise<FleetPlan> {
    const { ledger, clusters, line } = this.parts;
    await this.#requireKnown(wish);
    const here = new Set((await clusters.all()).map(({ name }) => name));
    const version = await reachBy(ledger, line);
    const due = await ledger.due(version, wish);
    const had = due.map((home) => home.version).toSorted();
    return {
      version,
      targets: inWaves(
        due.filter(({ cluster }) => here.has(cluster)),
        wish.canary,
      ),
      skipped: due.filter(({ cluster }) => !here.has(cluster)).map((home) => ({ home, why: 'its server is not known here' })),
      steps: due.length === 0 ? [] : stepsAfter(line, had.includes(null) ? null : (had[0] ?? null), version),
    };
  }

  /** Begins a run. Raises RunUnderWayError, RegionUnknownError and TenantsUnknownError. */
  async begin(wish: RunWish, once?: Once): Promise<BegunRun> {
    const { runs } = this.parts;
    const { version, targets, skipped } = await this.plan(wish);
    const { operator } = WorkOrigin.current();
    const by = { requestedBy: operator?.name ?? 'the platform', reason: operator?.reason ?? null };
    const begun = await runs.decide(async (em) => {
      const id = await runs.open(em, { version, wish, targets, skipped, once, ...by });
      const servers = [...new Set(targets.map(({ cluster }) => cluster))];
      if (servers.length === 0) await runs.end(em, id);
      await this.#record(em, 'fleet.migrate', id, { version, targets: targets.length, skipped: skipped.length });
      return { id, works: await this.#hire(em, id, servers, []) };
    });
    await this.#ring(begun);
    return begun;
  }

  /** No further target is begun; those under way end. Raises RunNotFoundError or RunStateRefusedError. */
  async pause(id: string): Promise<RunReport> {
    return this.#change(id, 'fleet.pause', ['running'], 'paused');
  }

  /** The run ends; what was migrated stays so. Raises RunNotFoundError or RunStateRefusedError. */
  async abort(id: string): Promise<RunReport> {
    return this.#change(id, 'fleet.abort', ['running', 'paused', 'stopped'], 'aborted');
  }

  /**
   * Goes on with the newest run when it was paused, was stopped, was left alone or ended with failures; those that failed are tried again, or only
   * the named of them. With nothing left to do it is over. Raises RunNotFoundError, RunStateRefusedError also for one that is being worked on, and
   * RunUnderWayError while there is another.
   */
  async resume(id: string, named: readonly string[] | null = null): Promise<BegunRun> {
    const { runs, works } = this.parts;
    const begun = await runs.decide(async (em) => {
      const was = await runs.reopen(em, id);
      const open = await works.open(MIGRATE_SERVER, { run: id }, em);
      if (was === 'running' && open.some(({ isHeld }) => isHeld)) throw new RunStateRefusedError(id, 'being worked on');
      const again = await runs.again(em, id, named);
      await this.#record(em, 'fleet.resume', id, { again });
      const servers = await runs.clusters(id, em);
      // Nobody would be there to end it.
      if (servers.length === 0) await runs.end(em, id);
      // Who is still bringing something to its end may not have heard of this, and go.
      return {
        id,
        works: await this.#hire(
          em,
          id,
          servers,
          open.filter(({ isHeld }) => !isHeld),
        ),
      };
    });
    await this.#ring(begun);
    return begun;
  }

  /**
   * The works of a run that runs, with one more for each server that has none; nothing of it is tried again for that. With nothing left to do and
   * nobody at work it is over. Raises RunNotFoundError or RunStateRefusedError.
   */
  async join(id: string): Promise<BegunRun> {
    const { runs, works } = this.parts;
    const begun = await runs.decide(async (em) => {
      await runs.hold(em, id, ['running']);
      const open = await works.open(MIGRATE_SERVER, { run: id }, em);
      const servers = await runs.clusters(id, em);
      if (servers.length + open.length === 0) await runs.end(em, id);
      const lanes = await this.#hire(em, id, servers, open);
      return { id, works: [...new Set([...open.map((work) => work.id), ...lanes])] };
    });
    await this.#ring(begun);
    return begun;
  }

  /** Every home with what it has still to have. Raises RegionUnknownError and TenantsUnknownError. */
  async status(filter: HomeFilter = {}): Promise<readonly (KnownHome & { readonly pending: readonly string[] })[]> {
    const { ledger, line } = this.parts;
    await this.#requireKnown(filter);
    return (await ledger.homes(filter)).map((home) => ({
      ...home,
      pending: stepsAfter(line, home.version, this.newest).map(({ name }) => name),
    }));
  }

  /** What is written wrongly would be nobody, and nobody is soon migrated. */
  async #requireKnown({ region, tenants = [] }: HomeFilter): Promise<void> {
    const { ledger } = this.parts;
    if (region !== undefined && !(await ledger.hasRegion(region))) throw new RegionUnknownError(region);
    const strangers = tenants.length === 0 ? [] : await ledger.strangers(tenants);
    if (strangers.length > 0) throw new TenantsUnknownError(strangers);
  }

  async #change(id: string, action: `fleet.${string}`, from: readonly RunReport['state'][], to: RunReport['state']): Promise<RunReport> {
    const { runs } = this.parts;
    await runs.decide(async (em) => {
      await runs.change(em, id, from, to);
      await this.#record(em, action, id, {});
    });
    return runs.report(id);
  }

  /** A work for each server, among those that are there already where there is one. */
  async #hire(em: RunTransaction, run: string, clusters: readonly string[], open: readonly OpenWork[]): Promise<string[]> {
    const works: string[] = [];
    for (const cluster of clusters) {
      const lane = laneOf(run, cluster);
      const known = open.find(({ key }) => key === lane.key);
      works.push(known?.id ?? (await this.parts.works.enqueue(em, { kind: MIGRATE_SERVER, ...lane })));
    }
    return works;
  }

  async #ring({ works }: BegunRun): Promise<void> {
    for (const id of works) await this.parts.works.rung(id);
  }

  async #record(em: RunTransaction, action: `fleet.${string}`, id: string, details: Record<string, unknown>): Promise<void> {
    await this.parts.audit.record(em, { action, targets: [{ type: 'migration-run', id }], details });
  }
}
