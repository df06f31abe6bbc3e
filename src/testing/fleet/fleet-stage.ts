import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';
import { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { homeOf, type Home } from '#catalog/fleet/home-ledger.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Place } from '#control/provisioning/isolation-layer.js';
import { SHARED_SCHEMA } from '#control/provisioning/placer.js';
import { loadConfig } from '#main/config.js';
import { projectFolder } from '#main/project-folder.js';
import { FleetRelease } from '#testing/fleet/fleet-release.js';
import { SMALL_LINE } from '#testing/fleet/small-line.js';
import { TestPlatform } from '#testing/test-platform.js';

/** What a stage is made of beside its line. */
export interface FleetStageOptions {
  /** The superuser's address of a server that is the stage's alone; its catalog is there too. */
  readonly serverUrl?: string;
}

/** Another server than the test run's by its name only: no home of another spec is on it. */
const CLUSTER = 'fleet-spec';

/** A fleet that is nobody else's: a catalog and a shared database of its own, on the test run's server. */
export class FleetStage {
  readonly #places: Place[] = [];

  private constructor(
    readonly tests: TestPlatform,
    /** For processes that are to find this fleet. */
    readonly settings: Record<string, string>,
    private readonly folder: string,
    private readonly line: readonly MigrationStep[],
    private readonly isAlone: boolean,
  ) {}

  /** `line` is what every home has had when it is made; null for the product's own. */
  static async open(line: readonly MigrationStep[] | null = SMALL_LINE, { serverUrl }: FleetStageOptions = {}): Promise<FleetStage> {
    const folder = await mkdtemp(join(tmpdir(), 'tenantry-fleet-'));
    const name = randomBytes(6).toString('hex');
    const config = loadConfig(process.env);
    const given = await TestPlatform.open();
    const [known] = given.provisioning.clusters;
    await given.close();
    if (!known) throw new Error('the test run has no server');
    const there = (url: string): string =>
      serverUrl === undefined ? url : Object.assign(new URL(url), { host: new URL(serverUrl).host }).href;
    const at = (url: string): string => atDatabase(there(url), `tenantry_fleet_${name}`);
    const cluster = { name: CLUSTER, region: 'eu-west', appUrl: at(known.appUrl), migratorUrl: at(known.migratorUrl) };
    await writeFile(
      join(folder, 'clusters.yaml'),
      JSON.stringify({ clusters: [{ ...cluster, provisionUrl: serverUrl ?? known.provisionUrl }] }),
    );
    const settings = {
      CATALOG_DATABASE_URL: atDatabase(there(config.CATALOG_DATABASE_URL), `tenantry_catalog_${name}`),
      CATALOG_PROVISION_URL: serverUrl ?? String(config.CATALOG_PROVISION_URL),
      CLUSTERS: join(folder, 'clusters.yaml'),
    };
    const tests = await TestPlatform.open(settings);
    const stage = new FleetStage(tests, settings, folder, line ?? tests.platform.homes.line, serverUrl !== undefined);
    await stage.#bring();
    return stage;
  }

  async #bring(): Promise<void> {
    const { catalogBootstrap, clusterBootstrap, clusters, ledger } = this.tests.provisioning;
    const { config } = this.tests.platform;
    await catalogBootstrap.run(String(config.CATALOG_PROVISION_URL), config.CATALOG_DATABASE_URL, clusters, []);
    if (this.line === this.tests.platform.homes.line) {
      for (const cluster of clusters) await clusterBootstrap.run(cluster);
      await ledger.note([{ ...this.shared, ...this.tests.provisioning.homes.at }]);
      return;
    }
    const [cluster] = clusters;
    if (!cluster) throw new Error('there is no server');
    const { database } = this.shared;
    await this.#roles(cluster);
    await withSession(cluster.provisionUrl, (session) => session.query(`create database ${identifier(database)} template template0`));
    await this.onDatabase(database, (session) => new Foundation(join(projectFolder(), 'provisioning', 'tenancy.sql')).lay(session));
    await this.onDatabase(database, (session) => session.query(`grant create on database ${identifier(database)} to tenantry_owner`));
    await this.make([this.shared]);
  }

  /** A server that is the stage's alone has none of the platform's roles yet. */
  async #roles(cluster: Cluster): Promise<void> {
    if (!this.isAlone) return;
    const at = (url: string): string => atDatabase(url, 'ground');
    await this.tests.provisioning.clusterBootstrap.run({ ...cluster, appUrl: at(cluster.appUrl), migratorUrl: at(cluster.migratorUrl) });
  }

  get shared(): Home {
    const [cluster] = this.tests.provisioning.clusters;
    return { cluster: CLUSTER, database: new URL(String(cluster?.appUrl)).pathname.slice(1), home: SHARED_SCHEMA };
  }

  /** A release with that line, as its processes would work on this fleet. */
  release(line: readonly MigrationStep[]): FleetRelease {
    return new FleetRelease({ catalog: this.tests.platform.catalog, clusters: this.tests.provisioning.clusterBook }, line);
  }

  /** Tenants of the schema tier by their places alone: nobody can sign in there. Gives their homes, in the order of a run. */
  async schemas(count: number): Promise<Home[]> {
    const names = Array.from({ length: count }, () => `t_${randomBytes(10).toString('hex')}`).sort();
    const homes = names.map((home) => ({ ...this.shared, home }));
    await this.make(homes);
    for (const home of homes) await this.#enter('schema', home);
    return homes;
  }

  /** Tenants of the database tier by their places alone; their homes have had the product's own line. */
  async databases(count: number): Promise<Home[]> {
    const { places, placer, clusters } = this.tests.provisioning;
    const homes: Home[] = [];
    for (let made = 0; made < count; made += 1) {
      const place = placer.nameOn(clusters[0]!, 'database');
      await places.make(place);
      this.#places.push(place);
      homes.push(homeOf(place));
      await this.#enter('database', homeOf(place));
    }
    await this.tests.provisioning.ledger.note(homes.map((home) => ({ ...home, ...this.tests.provisioning.homes.at })));
    return homes;
  }

  async #enter(kind: 'schema' | 'database', { cluster, database, home }: Home): Promise<void> {
    const em = this.tests.platform.catalog.em.fork();
    const id = randomUUID();
    await em.execute(
      `insert into tenant (id, slug, name, admin_email, plan, status, region, created_at, updated_at)
       values (?, ?, 'x', 'x@example.test', 'professional', 'active', 'eu-west', now(), now())`,
      [id, `f-${randomBytes(8).toString('hex')}`],
    );
    await em.execute(
      `insert into placement (tenant_id, kind, region, cluster, database, schema, secret, epoch) values (?, ?, 'eu-west', ?, ?, ?, null, 1)`,
      [id, kind, cluster, database, home],
    );
  }

  /** Homes that have had this stage's line, and the ledger knows it. */
  private async make(homes: readonly Home[]): Promise<void> {
    const migrations = new HomeMigrations(this.line);
    const [cluster] = this.tests.provisioning.clusters;
    const left = homes.values();
    const makeSome = (): Promise<void> =>
      withSession(String(cluster?.migratorUrl), async (migrator) => {
        for (const { home } of left) await migrations.apply(migrator, home);
      });
    await Promise.all([makeSome(), makeSome()]);
    await this.tests.provisioning.ledger.note(homes.map((home) => ({ ...home, ...migrations.at })));
  }

  /** As the superuser in one of its databases. */
  onDatabase<T>(database: string, work: (session: pg.Client) => Promise<T>): Promise<T> {
    const [cluster] = this.tests.provisioning.clusters;
    return withSession(atDatabase(String(cluster?.provisionUrl), database), work);
  }

  /** As the superuser in the shared database. */
  on<T>(work: (session: pg.Client) => Promise<T>): Promise<T> {
    return this.onDatabase(this.shared.database, work);
  }

  /** In the catalog. */
  catalog<Row = unknown>(text: string, values: unknown[] = []): Promise<Row[]> {
    return this.tests.platform.catalog.em.fork().execute<Row[]>(text, values);
  }

  /** Keeps whoever would migrate that home waiting for its turn, while `work` runs. */
  keeping<T>({ home }: Home, work: () => Promise<T>): Promise<T> {
    return this.on(async (session) => {
      await session.query('select pg_advisory_lock(hashtext($1))', [`tenantry.home.${home}`]);
      return work();
    });
  }

  /** Until so many homes have had a migration. */
  async until(name: string, homes: number): Promise<void> {
    while ((await this.had(name)).size < homes) await wait(20);
  }

  /** A shared home on a server of another region, which nobody here is told how to reach. */
  async elsewhere(version: string): Promise<Home> {
    const home = { cluster: 'fleet-elsewhere', database: 'there', home: SHARED_SCHEMA };
    const catalog = new URL(this.tests.platform.config.CATALOG_DATABASE_URL).pathname.slice(1);
    await this.onDatabase(catalog, (session) =>
      session.query(`insert into cluster (name, region) values ($1, 'us-east') on conflict do nothing`, [home.cluster]),
    );
    await this.tests.provisioning.ledger.note([{ ...home, version, needs: '' }]);
    return home;
  }

  /** How often each home has had a migration, by the home's name; the database's own word. */
  async had(name: string): Promise<Map<string, number>> {
    const { rows } = await this.on((session) =>
      session.query<{ home: string; times: number }>(
        'select home, count(*)::integer as times from tenancy.migration where name = $1 group by home',
        [name],
      ),
    );
    return new Map(rows.map(({ home, times }) => [home, times]));
  }

  async close(): Promise<void> {
    const { config, catalog } = this.tests.platform;
    const provisionUrl = String(config.CATALOG_PROVISION_URL);
    const databases = [this.shared.database, new URL(config.CATALOG_DATABASE_URL).pathname.slice(1)];
    for (const place of this.#places) await this.tests.provisioning.places.discard(place);
    await this.tests.close();
    await catalog.close(true);
    await withSession(provisionUrl, async (session) => {
      for (const database of databases) await session.query(`drop database if exists ${identifier(database)} with (force)`);
    });
    await rm(this.folder, { recursive: true });
  }
}
