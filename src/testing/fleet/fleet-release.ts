import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import { pino } from 'pino';
import { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { PostgresHomeMigrator } from '#adapters/postgres/postgres-home-migrator.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { HomeLedger } from '#catalog/fleet/home-ledger.js';
import { PostgresHomeTruth } from '#adapters/postgres/postgres-home-truth.js';
import { ReferenceHome } from '#adapters/postgres/reference-home.js';
import type { RunReport, RunTarget, RunWish } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { RunTargets } from '#catalog/fleet/run-targets.js';
import { WorkBook } from '#catalog/work/work-book.js';
import { FleetDesk, RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import type { HomeMigrator } from '#control/fleet/home-migrator.js';
import { migrateServer } from '#control/fleet/migrate-server.work.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { projectFolder } from '#main/project-folder.js';

/** Where a fleet is. */
export interface FleetGround {
  readonly catalog: MikroORM;
  readonly clusters: Pick<ClusterBook, 'all' | 'named'>;
}

/** What a process of a release with another line of migrations does to the fleet. */
export class FleetRelease {
  readonly desk: FleetDesk;
  readonly runs: MigrationRuns;
  readonly driver: WorkDriver;
  readonly migrator: HomeMigrator;

  constructor({ catalog, clusters }: FleetGround, line: readonly MigrationStep[], leaseMs = 20_000) {
    const [works, audit, ledger] = [new WorkBook(catalog, () => undefined), new PlatformAudit(catalog), new HomeLedger(catalog)];
    const homes = new HomeMigrations(line);
    const foundation = new Foundation(join(projectFolder(), 'provisioning', 'tenancy.sql'));
    this.runs = new MigrationRuns(catalog);
    this.desk = new FleetDesk({ ledger, works, audit, clusters, line, runs: this.runs });
    const truth = new PostgresHomeTruth(clusters, new ReferenceHome(clusters, line));
    const migrator = (this.migrator = new PostgresHomeMigrator({ clusters, homes, foundation, truth }));
    const kinds = [migrateServer({ ledger, works, migrator, runs: this.runs, targetsOf: (lane) => new RunTargets(catalog, ledger, lane) })];
    const log = pino({ level: 'silent' });
    const handBack = new AbortController().signal;
    this.driver = new WorkDriver(works, new WorkRunner({ book: works, kinds, log, leaseMs, handBack, later: () => undefined }));
  }

  /** A run from its beginning to where nothing comes after it by itself. */
  async migrate(wish: Partial<RunWish> = {}): Promise<RunReport> {
    return this.drive(await this.desk.begin({ ...RUN_DEFAULTS, canary: 0, ...wish }));
  }

  async drive({ id, works }: BegunRun): Promise<RunReport> {
    await Promise.all(works.map((work) => this.driver.drive(work)));
    return this.runs.report(id);
  }

  targets(id: string, ...states: RunTarget['state'][]): Promise<RunTarget[]> {
    return this.runs.targets(id, states, 10_000);
  }
}
