import type pg from 'pg';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { atDatabase, identifier, inTransaction, withSession } from '#adapters/postgres/session.js';

/** Brings one home (a schema of tenant tables) to the newest migration. Two that try at once take turns. */
export class HomeMigrations {
  constructor(private readonly line: readonly MigrationStep[]) {}

  /** The name of the newest migration. */
  get newest(): string {
    return this.line.at(-1)?.name ?? '';
  }

  /**
   * All of it in one transaction, the home's own making included: it is at the newest version afterwards, or as it was before. Gives what was
   * applied. Raises the signal's reason when it was aborted before its turn came.
   */
  apply(migrator: pg.ClientBase, home: string, signal?: AbortSignal): Promise<string[]> {
    return inTransaction(migrator, async () => {
      await this.turn(migrator, home);
      signal?.throwIfAborted();
      const applied = await this.applied(migrator, home);
      const due = this.line.filter((step) => !applied.has(step.name));
      if (due.length === 0) return [];
      const schema = identifier(home);
      await migrator.query('set local role tenantry_owner');
      await migrator.query(`set local lock_timeout = '3s'`);
      await migrator.query(`create schema if not exists ${schema}`);
      await migrator.query(`grant usage on schema ${schema} to tenantry_tenant, tenantry_auditor`);
      await migrator.query(`set local search_path = ${schema}, pg_temp`);
      for (const step of due) await migrator.query(step.statements.join(';\n'));
      await migrator.query('set local role none');
      await migrator.query('insert into tenancy.migration (home, name) select $1, unnest($2::text[])', [
        home,
        due.map((step) => step.name),
      ]);
      return due.map((step) => step.name);
    });
  }

  /** Until the transaction ends nobody else makes, changes or takes away this home. */
  async turn(migrator: pg.ClientBase, home: string): Promise<void> {
    await migrator.query('select pg_advisory_xact_lock(hashtext($1))', [`tenantry.home.${home}`]);
  }

  /** The names a home has had. */
  async applied(session: pg.ClientBase, home: string): Promise<Set<string>> {
    const { rows } = await session.query<{ name: string }>('select name from tenancy.migration where home = $1', [home]);
    return new Set(rows.map((row) => row.name));
  }

  /** The names it has still to have, in their order. */
  async due(session: pg.ClientBase, home: string): Promise<string[]> {
    const applied = await this.applied(session, home);
    return this.line.map(({ name }) => name).filter((name) => !applied.has(name));
  }
}

/** The newest migration a home has had; null when it cannot be asked. */
export async function newestVersion(
  migratorUrl: string,
  { database, schema }: { readonly database: string; readonly schema: string },
): Promise<string | null> {
  const text = 'select max(name) as name from tenancy.migration where home = $1';
  try {
    return await withSession(
      atDatabase(migratorUrl, database),
      async (session) => (await session.query<{ name: string | null }>(text, [schema])).rows[0]?.name ?? null,
    );
  } catch {
    return null;
  }
}
