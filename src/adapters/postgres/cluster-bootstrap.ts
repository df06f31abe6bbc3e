import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Foundation } from '#adapters/postgres/foundation.js';
import type { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { sealRole, setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { serverMark } from '#adapters/postgres/server-mark.js';
import { serverTurn } from '#adapters/postgres/server-turn.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { OWN_DATABASE_SCHEMA, SHARED_SCHEMA, TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { IN_USE, OwnServerRefusedError } from '#control/provisioning/provisioning.errors.js';

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
    const shared = cluster.kind === 'shared' ? new URL(cluster.appUrl).pathname.slice(1) : null;
    const databases = [...(shared === null ? [] : [shared]), TEMPLATE_DATABASE];
    await this.#makeRoles(provisioning, cluster);
    for (const database of databases) await makeDatabase(provisioning, database);
    if (shared !== null) await provisioning.query(`grant connect on database ${identifier(shared)} to tenantry_app`);
    for (const database of databases)
      await withSession(atDatabase(cluster.provisionUrl, database), (session) => this.foundation.layIfOther(session));
    if (shared !== null)
      await withSession(atDatabase(cluster.provisionUrl, shared), (session) =>
        sealRole(session, new URL(cluster.appUrl).username, verifierOf(cluster.appUrl)),
      );
    await setPassword(provisioning, new URL(cluster.migratorUrl).username, verifierOf(cluster.migratorUrl));
    const applied: Record<string, string[]> = {};
    for (const database of databases)
      applied[database] = await this.#migrate(cluster, database, database === shared ? SHARED_SCHEMA : OWN_DATABASE_SCHEMA);
    return applied;
  }

  /** A customer's server says whose it is from the moment it has the roles, so that no other tenant's is made there. Raises OwnServerRefusedError. */
  async #makeRoles(provisioning: pg.Client, cluster: Cluster): Promise<void> {
    const roles = await readFile(join(this.provisioningFolder, 'roles.sql'), 'utf8');
    if (cluster.kind === 'shared') {
      await provisioning.query(roles);
      return;
    }
    await inTransaction(provisioning, async () => {
      // Two that were brought at once were both found free.
      if (![null, cluster.name].includes(await serverMark(provisioning))) throw new OwnServerRefusedError(IN_USE);
      await provisioning.query(`set local tenantry.own_server = 'on'`);
      await provisioning.query(roles);
      await provisioning.query(`comment on role tenantry_owner is ${pg.escapeLiteral(cluster.name)}`);
    });
  }

  /** The shared home is made here; once it is there it is brought on with the fleet. */
  #migrate(cluster: Cluster, database: string, home: string): Promise<string[]> {
    return withSession(atDatabase(cluster.migratorUrl, database), async (migrator) => {
      const isThere = home === SHARED_SCHEMA && (await this.homes.applied(migrator, home)).size > 0;
      return isThere ? [] : this.homes.apply(migrator, home);
    });
  }
}

/** Makes a database that nobody may connect to until they are told so. */
export async function makeDatabase(provisioning: pg.Client, name: string): Promise<void> {
  const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [name]);
  if (!rowCount) await provisioning.query(`create database ${identifier(name)} template template0`);
  await provisioning.query(`revoke all on database ${identifier(name)} from public`);
}
