import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { TEMPLATE_DATABASE } from '#adapters/postgres/database-maker.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { sealRole, setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { OWN_DATABASE_SCHEMA, SHARED_SCHEMA } from '#control/provisioning/placer.js';

/** Makes a PostgreSQL server ready for tenants: roles, the shared database, the template. May be repeated at every start. */
export class ClusterBootstrap {
  constructor(
    private readonly homes: HomeMigrations,
    /** The folder with roles.sql and tenancy.sql. */
    private readonly provisioningFolder: string,
  ) {}

  /** Gives the migrations that were applied, by database. */
  async run(cluster: Cluster): Promise<Record<string, string[]>> {
    const shared = new URL(cluster.appUrl).pathname.slice(1);
    await withSession(cluster.provisionUrl, async (provisioning) => {
      await provisioning.query(await this.#file('roles.sql'));
      await makeDatabase(provisioning, shared);
      await makeDatabase(provisioning, TEMPLATE_DATABASE);
      await provisioning.query(`grant connect on database ${identifier(shared)} to tenantry_app`);
    });
    await this.#foundation(cluster, shared);
    await this.#foundation(cluster, TEMPLATE_DATABASE);
    await withSession(atDatabase(cluster.provisionUrl, shared), async (provisioning) => {
      await sealRole(provisioning, new URL(cluster.appUrl).username, verifierOf(cluster.appUrl));
      await setPassword(provisioning, new URL(cluster.migratorUrl).username, verifierOf(cluster.migratorUrl));
    });
    return {
      [shared]: await this.#migrate(cluster, shared, SHARED_SCHEMA),
      [TEMPLATE_DATABASE]: await this.#migrate(cluster, TEMPLATE_DATABASE, OWN_DATABASE_SCHEMA),
    };
  }

  async #foundation(cluster: Cluster, database: string): Promise<void> {
    const sql = await this.#file('tenancy.sql');
    await withSession(atDatabase(cluster.provisionUrl, database), (provisioning) => provisioning.query(sql));
  }

  #migrate(cluster: Cluster, database: string, home: string): Promise<string[]> {
    return withSession(atDatabase(cluster.migratorUrl, database), (migrator) => this.homes.apply(migrator, home));
  }

  #file(name: string): Promise<string> {
    return readFile(join(this.provisioningFolder, name), 'utf8');
  }
}

/** Makes a database that nobody may connect to until they are told so. */
export async function makeDatabase(provisioning: pg.Client, name: string): Promise<void> {
  const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [name]);
  if (!rowCount) await provisioning.query(`create database ${identifier(name)} template template0`);
  await provisioning.query(`revoke all on database ${identifier(name)} from public`);
}
