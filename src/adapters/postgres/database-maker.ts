import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { HomeMigrations } from '#adapters/postgres/home-migrations.js';
import { sealRole, setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { IsolationNotVerifiedError } from '#control/provisioning/provisioning.errors.js';
import { SecretNotFoundError, type SecretSource } from '#kernel/isolation/secret-source.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Makes a database of a tenant's own, with a login role that can open no other and whose connection string is in the key vault alone. */
export class DatabaseMaker {
  constructor(
    private readonly secrets: SecretSource,
    private readonly homes: HomeMigrations,
  ) {}

  /** Raises IsolationNotVerifiedError when the database, opened with the secret, does not say that it is the tenant's. */
  async prepare(tenant: Tenant, cluster: Cluster): Promise<void> {
    const { database, schema } = tenant.placement;
    const url = await this.#connectionString(tenant, cluster);
    const verifier = verifierOf(url);
    await withSession(cluster.provisionUrl, async (provisioning) => {
      await this.#makeRole(provisioning, database, verifier);
      const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [database]);
      if (!rowCount) await provisioning.query(`create database ${identifier(database)} template ${TEMPLATE_DATABASE} strategy wal_log`);
      await provisioning.query(`revoke all on database ${identifier(database)} from public`);
      await provisioning.query(`grant connect on database ${identifier(database)} to ${identifier(database)}, tenantry_migrator`);
      await provisioning.query(`grant create on database ${identifier(database)} to tenantry_owner`);
      await provisioning.query(`grant connect on database ${identifier(database)} to tenantry_keeper with grant option`);
    });
    await withSession(atDatabase(cluster.provisionUrl, database), async (provisioning) => {
      await provisioning.query('insert into tenancy.whoami (tenant_id) values ($1) on conflict do nothing', [tenant.id]);
      await sealRole(provisioning, database, verifier);
    });
    await withSession(atDatabase(cluster.migratorUrl, database), (migrator) => this.homes.apply(migrator, schema));
    await this.#verify(tenant, url);
  }

  async undo(tenant: Tenant, cluster: Cluster): Promise<void> {
    const { database } = tenant.placement;
    await this.#endAuditors(tenant, cluster);
    await withSession(cluster.provisionUrl, async (provisioning) => {
      await provisioning.query(`drop database if exists ${identifier(database)} with (force)`);
      await provisioning.query(`drop role if exists ${identifier(database)}`);
    });
    await this.secrets.delete(secretOf(tenant));
  }

  /**
   * A new password, in the database and in the vault; whoever holds the old one reads the vault again when it is refused. Sessions that
   * are open live on until they end. Two that rotate one database take turns. Raises when the new login does not open the database.
   */
  async rotate(tenant: Tenant, cluster: Cluster): Promise<void> {
    const { database } = tenant.placement;
    await withSession(atDatabase(cluster.provisionUrl, database), async (provisioning) => {
      await provisioning.query(`select pg_advisory_lock(hashtext('tenantry.rotate'))`);
      const url = connectionString(cluster, database);
      await this.secrets.set(secretOf(tenant), url);
      await sealRole(provisioning, database, verifierOf(url));
      await this.#verify(tenant, url);
    });
  }

  /** Kept once made, so that a repetition after a crash meets the password it made before. */
  async #connectionString(tenant: Tenant, cluster: Cluster): Promise<string> {
    try {
      return (await this.secrets.get(secretOf(tenant))).value;
    } catch (error) {
      if (!(error instanceof SecretNotFoundError)) throw error;
    }
    return (await this.secrets.set(secretOf(tenant), connectionString(cluster, tenant.placement.database))).value;
  }

  async #makeRole(provisioning: pg.Client, role: string, verifier: string): Promise<void> {
    const { rowCount } = await provisioning.query('select from pg_roles where rolname = $1', [role]);
    await inTransaction(provisioning, async () => {
      if (!rowCount) await provisioning.query(`create role ${identifier(role)} login noinherit connection limit 60`);
      await setPassword(provisioning, role, verifier);
      await provisioning.query(`grant tenantry_tenant to ${identifier(role)} with inherit true, set false, admin false`);
      await provisioning.query(`grant ${identifier(role)} to tenantry_keeper with admin true, inherit false, set false`);
    });
  }

  /** Their roles are the server's and would outlive the database; one that is not there has none. */
  async #endAuditors({ id, placement }: Tenant, cluster: Cluster): Promise<void> {
    const isThere = await withSession(cluster.provisionUrl, async (provisioning) => {
      const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [placement.database]);
      return rowCount === 1;
    });
    if (isThere)
      await withSession(atDatabase(cluster.provisionUrl, placement.database), (session) =>
        session.query('select tenancy.revoke_auditors($1)', [id]),
      );
  }

  async #verify(tenant: Tenant, url: string): Promise<void> {
    const answered = await withSession(
      url,
      async (own) => (await own.query('select tenant_id from tenancy.whoami')).rows[0] as { tenant_id: string },
    );
    if (answered.tenant_id !== tenant.id) throw new IsolationNotVerifiedError(tenant.id, `it says it belongs to ${answered.tenant_id}`);
  }
}

function connectionString(cluster: Cluster, database: string): string {
  const url = new URL(atDatabase(cluster.appUrl, database));
  url.username = database;
  url.password = randomBytes(32).toString('base64url');
  return url.href;
}

function secretOf({ id, placement }: Tenant): string {
  if (!placement.secret) throw new TypeError(`tenant ${id} has no secret`);
  return placement.secret;
}
