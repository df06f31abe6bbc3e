import type pg from 'pg';
import { inOneTransaction, sendStatement } from '#adapters/postgres/homes/step-sending.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { identifier } from '#adapters/postgres/session.js';

/** How long a statement waits for a lock when nobody says. */
export const LOCK_TIMEOUT_MS = 3_000;

/** Makes a home when it is not there and sends it these steps, in the transaction that the session is in, which says how long a lock is waited for. */
export async function sendSteps(migrator: pg.ClientBase, home: string, steps: readonly MigrationStep[]): Promise<void> {
  const schema = identifier(home);
  await migrator.query('set local role tenantry_owner');
  await migrator.query(`create schema if not exists ${schema}`);
  await migrator.query(`grant usage on schema ${schema} to tenantry_tenant, tenantry_auditor`);
  await migrator.query(`set local search_path = ${schema}, pg_temp`);
  if (steps.some(({ isLong }) => isLong)) await migrator.query('set local statement_timeout = 0');
  for (const step of steps) for (const text of textsOf(step, steps.length > 1)) await sendStatement(migrator, step, text);
  await migrator.query('set local role none');
}

/** Each by itself, because the server gives a statement a minute, and so long its answer is waited for; of a home that is made, which is empty, together. */
function textsOf(step: MigrationStep, isMade: boolean): readonly string[] {
  const statements = inOneTransaction(step);
  return isMade ? [statements.join(';\n')] : statements;
}
