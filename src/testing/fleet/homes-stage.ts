import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { makeDatabase } from '#adapters/postgres/cluster-bootstrap.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import { SHARED_SCHEMA, TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { TestPlatform } from '#testing/test-platform.js';

/** Where one home is, and of which tier. */
export interface StagedHome {
  readonly tier: 'shared' | 'schema' | 'database';
  readonly cluster: string;
  readonly database: string;
  readonly home: string;
}

/** Homes of every tier that a spec may spoil: the shared one is in a database of the spec's own, because others look at the real one. */
export class HomesStage {
  readonly #databases: string[] = [];

  private constructor(readonly test: TestPlatform) {}

  static async open(): Promise<HomesStage> {
    return new HomesStage(await TestPlatform.open());
  }

  get cluster(): Cluster {
    return clusterNamed('eu-west-1', this.test.provisioning.clusters);
  }

  /** One of each tier, at the newest version. */
  async homes(): Promise<StagedHome[]> {
    const [schema, database] = await Promise.all([this.test.tenant('schema'), this.test.tenant('database')]);
    const own = ({ placement }: typeof schema, tier: 'schema' | 'database'): StagedHome => ({
      tier,
      ...{ cluster: placement.cluster, database: placement.database, home: placement.schema },
    });
    const shared: StagedHome = { tier: 'shared', cluster: this.cluster.name, database: await this.database(), home: SHARED_SCHEMA };
    await this.migrator(shared, (migrator) => this.test.provisioning.homes.apply(migrator, shared.home));
    return [shared, own(schema, 'schema'), own(database, 'database')];
  }

  /** A database with the foundation and no tenant, which goes when the stage is closed. */
  async database(): Promise<string> {
    const name = `tenantry_spec_${randomBytes(6).toString('hex')}`;
    await withSession(this.cluster.provisionUrl, async (provisioning) => {
      await provisioning.query(`create database ${identifier(name)} template ${TEMPLATE_DATABASE} strategy wal_log`);
      await makeDatabase(provisioning, name);
      await provisioning.query(`grant connect on database ${identifier(name)} to tenantry_migrator`);
      await provisioning.query(`grant create on database ${identifier(name)} to tenantry_owner`);
    });
    this.#databases.push(name);
    return name;
  }

  /** As migrations do it. */
  migrator<T>({ cluster, database }: Omit<StagedHome, 'tier' | 'home'>, work: (migrator: pg.Client) => Promise<T>): Promise<T> {
    return withSession(atDatabase(clusterNamed(cluster, this.test.provisioning.clusters).migratorUrl, database), work);
  }

  /** As somebody with every right, whose names without a schema are the home's. */
  superuser<T>(at: StagedHome, work: (session: pg.Client) => Promise<T>): Promise<T> {
    const { provisionUrl } = clusterNamed(at.cluster, this.test.provisioning.clusters);
    return withSession(atDatabase(provisionUrl, at.database), async (session) => {
      await session.query(`set search_path = ${identifier(at.home)}`);
      return work(session);
    });
  }

  /** Gives what the last one answers. */
  tamper(at: StagedHome, ...statements: string[]): Promise<Record<string, unknown>[]> {
    return this.superuser(at, async (session) => {
      const results = [];
      for (const statement of statements) results.push(await session.query<Record<string, unknown>>(statement));
      return results.at(-1)?.rows ?? [];
    });
  }

  async close(): Promise<void> {
    for (const name of this.#databases.splice(0))
      await withSession(this.cluster.provisionUrl, (session) => session.query(`drop database if exists ${identifier(name)} with (force)`));
    await this.test.close();
  }
}
