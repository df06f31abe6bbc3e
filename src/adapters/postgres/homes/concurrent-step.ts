import type pg from 'pg';
import { sendStatement } from '#adapters/postgres/homes/step-sending.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { answeredWithin, identifier } from '#adapters/postgres/session.js';

const PUT_BACK = 'reset role; reset search_path; reset lock_timeout; reset statement_timeout';
const INDEX = /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(?:"((?:[^"]|"")+)"|([^\s"(]+))\s+on\b/i;

/**
 * Sends a step that bears no transaction to one home, a statement at a time; who calls has the home's turn, and no transaction. What it waits
 * for are transactions of others, which it does not hold up: no lock timeout ends it. After a failure, or a death anywhere, it may be sent again.
 */
export async function sendConcurrently(migrator: pg.ClientBase, home: string, step: MigrationStep): Promise<void> {
  const { statements, isLong } = step;
  try {
    await migrator.query('set role tenantry_owner');
    await migrator.query(`set search_path = ${identifier(home)}, pg_temp`);
    await migrator.query('set lock_timeout = 0');
    if (isLong) await migrator.query('set statement_timeout = 0');
    for (const statement of statements) if (!(await isBuilt(migrator, home, statement))) await sendStatement(migrator, step, statement);
  } finally {
    await migrator.query(answeredWithin(PUT_BACK, 5_000)).catch(() => undefined); // the session is gone, or nobody answers
  }
}

/**
 * Whether the index of a statement is there already: an attempt whose process died is finished by the server, and nobody noted it. That it is
 * the right one the home's fingerprint says. What an attempt that failed leaves is kept up to date by every write and read by nobody: it goes.
 */
async function isBuilt(migrator: pg.ClientBase, home: string, statement: string): Promise<boolean> {
  const [, quoted, plain] = INDEX.exec(statement) ?? [];
  const name = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase();
  if (name === undefined) return false;
  const { rows } = await migrator.query<{ isValid: boolean }>(
    `select i.indisvalid as "isValid" from pg_index i join pg_class c on c.oid = i.indexrelid
     where c.relnamespace = to_regnamespace(quote_ident($1)) and c.relname = $2`,
    [home, name],
  );
  if (rows[0]?.isValid === false) await migrator.query(`drop index concurrently ${identifier(home)}.${identifier(name)}`);
  return rows[0]?.isValid === true;
}
