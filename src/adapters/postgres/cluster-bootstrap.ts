import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';
import { TEMPLATE_DATABASE } from '#adapters/postgres/database-maker.js';
import type { Foundation } from '#adapters/postgres/foundation.js';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { sealRole, setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { serverTurn } from '#adapters/postgres/server-turn.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { OWN_DATABASE_SCHEMA, SHARED_SCHEMA } from '#control/provisioning/placer.js';

/** Makes a PostgreSQL server ready for tenants: roles, the shared database, the template. May be repeated at every start. */
export class ClusterBootstrap {
  constructor(
    private readonly homes: HomeMigrations,
    private readonly foundation: Foundation,
    /** The folder with roles.sql. */
    private readonly provisioningFolder: string,
  ) {}

  /** Gives the migrations that were applied, by database. Two that run at once take turns. */
  run(cluster: Cluster): Promise<Record<string, string[]>> {
    return serverTurn(cluster.provisionUrl, (provisioning) => this.#bring(provisioning, cluster));
  }

  async #bring(provisioning: pg.Client, cluster: Cluster): Promise<Record<string, string[]>> {
    const shared = new URL(cluster.appUrl).pathname.slice(1);
    await provisioning.query(await readFile(join(this.provisioningFolder, 'roles.sql'), 'utf8'));
    await makeDatabase(provisioning, shared);
    await makeDatabase(provisioning, TEMPLATE_DATABASE);
    await provisioning.query(`grant connect on database ${identifier(shared)} to tenantry_app`);
    for (const database of [shared, TEMPLATE_DATABASE])
      await withSession(atDatabase(cluster.provisionUrl, database), (session) => this.foundation.lay(session));
    await withSession(atDatabase(cluster.provisionUrl, shared), async (session) => {
      await sealRole(session, new URL(cluster.appUrl).username, verifierOf(cluster.appUrl));
      await setPassword(session, new URL(cluster.migratorUrl).username, verifierOf(cluster.migratorUrl));
    });
    return {
      [shared]: await this.#migrate(cluster, shared, SHARED_SCHEMA),
      [TEMPLATE_DATABASE]: await this.#migrate(cluster, TEMPLATE_DATABASE, OWN_DATABASE_SCHEMA),
    };
  }

  #migrate(cluster: Cluster, database: string, home: string): Promise<string[]> {
    return withSession(atDatabase(cluster.migratorUrl, database), (migrator) => this.homes.apply(migrator, home));
  }
}

/** Makes a database that nobody may connect to until they are told so. */
export async function makeDatabase(provisioning: pg.Client, name: string): Promise<void> {
  const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [name]);
  if (!rowCount) await provisioning.query(`create database ${identifier(name)} template template0`);
  await provisioning.query(`revoke all on database ${identifier(name)} from public`);
}
