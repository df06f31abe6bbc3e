import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import type { PlaceDriver } from '#adapters/postgres/place-driver.js';
import { placeTurn } from '#adapters/postgres/place-turn.js';
import { sealRole, setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Place } from '#control/provisioning/isolation-layer.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { IsolationNotVerifiedError } from '#control/provisioning/provisioning.errors.js';
import { SecretNotFoundError, type SecretSource } from '#kernel/isolation/secret-source.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Makes a database of a tenant's own, with a login role that can open no other and whose connection string is in the key vault alone. */
export class DatabaseMaker implements PlaceDriver {
  constructor(
    private readonly secrets: SecretSource,
    private readonly homes: HomeMigrations,
  ) {}

  async make(place: Place, cluster: Cluster, signal?: AbortSignal): Promise<void> {
    const { database, schema } = place;
    await placeTurn(cluster.provisionUrl, database, async (provisioning) => {
      signal?.throwIfAborted();
      // Under the turn: a secret that is written while it is taken away would stay.
      const verifier = verifierOf(await this.#connectionString(place, cluster));
      await this.#makeRole(provisioning, database, verifier);
      const { rowCount } = await provisioning.query('select from pg_database where datname = $1', [database]);
      if (!rowCount) await provisioning.query(`create database ${identifier(database)} template ${TEMPLATE_DATABASE} strategy wal_log`);
      await provisioning.query(`revoke all on database ${identifier(database)} from public`);
      await provisioning.query(`grant connect on database ${identifier(database)} to ${identifier(database)}, tenantry_migrator`);
      await provisioning.query(`grant create on database ${identifier(database)} to tenantry_owner`);
      await provisioning.query(`grant connect on database ${identifier(database)} to tenantry_keeper with grant option`);
      await withSession(atDatabase(cluster.provisionUrl, database), (inside) => sealRole(inside, database, verifier));
      await withSession(atDatabase(cluster.migratorUrl, database), (migrator) => this.homes.apply(migrator, schema, signal));
    });
  }

  async claim(migrator: pg.ClientBase, tenant: Tenant): Promise<void> {
    await migrator.query('insert into tenancy.whoami (tenant_id) values ($1) on conflict do nothing', [tenant.id]);
  }

  /** Opens it with the secret, as requests will. */
  async verify(tenant: Tenant): Promise<void> {
    await this.#verify(tenant, (await this.secrets.get(secretOf(tenant.placement))).value);
  }

  async unmake(place: Place, cluster: Cluster, tenant: Tenant | null): Promise<void> {
    const { database } = place;
    await placeTurn(cluster.provisionUrl, database, async (provisioning) => {
      if (tenant) await this.#endAuditors(tenant, cluster);
      await provisioning.query(`drop database if exists ${identifier(database)} with (force)`);
      await provisioning.query(`drop role if exists ${identifier(database)}`);
      await this.secrets.delete(secretOf(place));
    });
  }

  async remains({ placement }: Tenant, cluster: Cluster): Promise<string[]> {
    const there = await withSession(cluster.provisionUrl, async (provisioning) => {
      const { rows } = await provisioning.query<{ trace: string }>(
        `select 'the database' as trace from pg_database where datname = $1 union all select 'the role' from pg_roles where rolname = $1`,
        [placement.database],
      );
      return rows.map(({ trace }) => trace);
    });
    const isForgotten = await this.secrets.get(secretOf(placement)).then(
      () => false,
      (error: unknown) => {
        if (error instanceof SecretNotFoundError) return true;
        throw error;
      },
    );
    return isForgotten ? there : [...there, 'the secret'];
  }

  /**
   * A new password, in the database and in the vault; whoever holds the old one reads the vault again when it is refused. Sessions that
   * are open live on until they end. Raises when the new login does not open the database, and leaves no secret of one that is gone.
   */
  async rotate(tenant: Tenant, cluster: Cluster): Promise<void> {
    const { database } = tenant.placement;
    await placeTurn(cluster.provisionUrl, database, () =>
      withSession(atDatabase(cluster.provisionUrl, database), async (inside) => {
        const url = connectionString(cluster, database);
        await this.secrets.set(secretOf(tenant.placement), url);
        await sealRole(inside, database, verifierOf(url));
        await this.#verify(tenant, url);
      }),
    );
  }

  /** Kept once made, so that a repetition after a crash meets the password it made before. */
  async #connectionString(place: Place, cluster: Cluster): Promise<string> {
    try {
      return (await this.secrets.get(secretOf(place))).value;
    } catch (error) {
      if (!(error instanceof SecretNotFoundError)) throw error;
    }
    return (await this.secrets.set(secretOf(place), connectionString(cluster, place.database))).value;
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
      async (own) => (await own.query('select tenant_id from tenancy.whoami')).rows[0] as { tenant_id: string } | undefined,
    );
    if (answered?.tenant_id !== tenant.id)
      throw new IsolationNotVerifiedError(tenant.id, `it says it belongs to ${answered?.tenant_id ?? 'nobody'}`);
  }
}

function connectionString(cluster: Cluster, database: string): string {
  const url = new URL(atDatabase(cluster.appUrl, database));
  url.username = database;
  url.password = randomBytes(32).toString('base64url');
  return url.href;
}

function secretOf({ database, secret }: Pick<Place, 'database' | 'secret'>): string {
  if (!secret) throw new TypeError(`database ${database} has no secret`);
  return secret;
}
