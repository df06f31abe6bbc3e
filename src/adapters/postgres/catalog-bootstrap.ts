import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDatabase } from '#adapters/postgres/cluster-bootstrap.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { setPassword, verifierOf } from '#adapters/postgres/role-password.js';
import { serverTurn } from '#adapters/postgres/server-turn.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';

/** Makes the catalog's database and brings it to the newest migration. May be repeated at every start. */
export class CatalogBootstrap {
  constructor(
    private readonly line: readonly MigrationStep[],
    private readonly provisioningFolder: string,
  ) {}

  /** Gives what was applied. The login of `catalogUrl` may change rows and nothing else. What `auditKeys` signed is believed from then on. */
  async run(
    provisionUrl: string,
    catalogUrl: string,
    clusters: readonly { name: string; region: string }[],
    auditKeys: readonly string[],
  ): Promise<string[]> {
    const database = new URL(catalogUrl).pathname.slice(1);
    const login = new URL(catalogUrl).username;
    await serverTurn(provisionUrl, async (provisioning) => {
      await provisioning.query(await readFile(join(this.provisioningFolder, 'roles.sql'), 'utf8'));
      await setPassword(provisioning, login, verifierOf(catalogUrl));
      await makeDatabase(provisioning, database);
      await provisioning.query(`grant connect on database ${identifier(database)} to ${identifier(login)}`);
    });
    return withSession(atDatabase(provisionUrl, database), (provisioning) =>
      inTransaction(provisioning, async () => {
        await provisioning.query(`select pg_advisory_xact_lock(hashtext('tenantry.catalog'))`);
        await provisioning.query(
          'create table if not exists migration (name text primary key, applied_at timestamptz not null default now())',
        );
        const { rows } = await provisioning.query<{ name: string }>('select name from migration');
        const due = this.line.filter(({ name }) => !rows.some((row) => row.name === name));
        for (const step of due) {
          for (const statement of step.statements) await provisioning.query(statement);
          await provisioning.query('insert into migration (name) values ($1)', [step.name]);
        }
        await provisioning.query(`grant usage on schema public to ${identifier(login)}`);
        await provisioning.query(`grant select, insert, update, delete on all tables in schema public to ${identifier(login)}`);
        await provisioning.query(`revoke insert, update, delete on migration from ${identifier(login)}`);
        // Which of them it may add and take away: migration 0012.
        await provisioning.query(`revoke update on cluster from ${identifier(login)}`);
        // What is on record is added to, and the head moves by its trigger alone.
        await provisioning.query(
          `revoke update, delete on platform_audit_event, audit_anchor, erasure_certificate, tombstone from ${identifier(login)}`,
        );
        await provisioning.query(`revoke insert, update, delete on platform_audit_head, audit_key from ${identifier(login)}`);
        await provisioning.query(
          'insert into cluster (name, region) select * from unnest($1::text[], $2::text[]) on conflict (name) do update set region = excluded.region',
          [clusters.map(({ name }) => name), clusters.map(({ region }) => region)],
        );
        await provisioning.query('insert into audit_key (public_key) select unnest($1::text[]) on conflict do nothing', [auditKeys]);
        return due.map(({ name }) => name);
      }),
    );
  }
}
