import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import { pino } from 'pino';
import { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { PostgresHomeMigrator } from '#adapters/postgres/homes/postgres-home-migrator.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { HomeLedger } from '#catalog/fleet/home-ledger.js';
import { PostgresHomeTruth } from '#adapters/postgres/truth/postgres-home-truth.js';
import { ReferenceHome } from '#adapters/postgres/truth/reference-home.js';
import type { RunReport, RunTarget, RunWish } from '#catalog/fleet/migration-run.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { WorkBook } from '#catalog/work/work-book.js';
import { FleetDesk, RUN_DEFAULTS, type BegunRun } from '#control/fleet/fleet-desk.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { fleetWork, type FleetHands } from '#main/fleet-work.js';
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
  /** As its processes' provisioning would have them. */
  readonly hands: FleetHands & { readonly clusterBook: FleetGround['clusters'] };

  constructor({ catalog, clusters }: FleetGround, line: readonly MigrationStep[], leaseMs = 20_000) {
    const [works, audit, ledger] = [new WorkBook(catalog, () => undefined), new PlatformAudit(catalog), new HomeLedger(catalog)];
    const homes = new HomeMigrations(line);
    const foundation = new Foundation(join(projectFolder(), 'provisioning', 'tenancy.sql'));
    this.runs = new MigrationRuns(catalog);
    this.desk = new FleetDesk({ ledger, works, audit, clusters, line, runs: this.runs });
    const truth = new PostgresHomeTruth(clusters, new ReferenceHome(clusters, line));
    this.hands = { ledger, clusterBook: clusters, migrator: new PostgresHomeMigrator({ clusters, homes, foundation, truth }) };
    const kinds = [fleetWork({ catalog, works }, this.hands)];
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
