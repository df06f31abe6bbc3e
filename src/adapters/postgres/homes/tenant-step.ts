import { createHash, randomBytes } from 'node:crypto';
import type pg from 'pg';
import { sendStatement } from '#adapters/postgres/homes/step-sending.js';
import type { MigrationStep } from '#adapters/postgres/migration-line.js';
import { identifier, inTransaction } from '#adapters/postgres/session.js';
import { sqlStateOf } from '#kernel/isolation/isolation.errors.js';

/** A row of a customer's that a request has is waited for so long; the rows that were written before it are held meanwhile. */
const LOCK_TIMEOUT_MS = 3_000;
/** No master key has such a name. */
const KEY_ID = '$migration';
const LOCKED = '55P03';

/**
 * Sends a step that writes rows to one home, once for each tenant in it and in a transaction of that tenant's, whose rows alone it sees: the policies
 * bind migrations as they bind requests; a tenant whose rows somebody has comes once more after the others. Who calls has the home's turn, and
 * no transaction. After a failure, or a death anywhere, it is begun anew with the first tenant. Raises the signal's reason between two tenants.
 */
export async function sendToEachTenant(migrator: pg.ClientBase, home: string, step: MigrationStep, signal?: AbortSignal): Promise<void> {
  const { rows } = await migrator.query<{ tenantId: string }>(
    'select distinct tenant_id as "tenantId" from tenancy.fence where home = $1 order by 1',
    [home],
  );
  const send = (tenantId: string): Promise<void> => {
    signal?.throwIfAborted();
    return inTransaction(migrator, () => sendAs(migrator, tenantId, home, step));
  };
  const busy: string[] = [];
  for (const { tenantId } of rows)
    await send(tenantId).catch((error: unknown) => {
      if (sqlStateOf(error) !== LOCKED) throw error;
      busy.push(tenantId);
    });
  for (const tenantId of busy) await send(tenantId);
}

/** With a capability that nobody else ever sees, also for a tenant that is closed: it is good inside this transaction alone. */
async function sendAs(migrator: pg.ClientBase, tenantId: string, home: string, step: MigrationStep): Promise<void> {
  const capability = randomBytes(32).toString('hex');
  await migrator.query('insert into tenancy.fence (tenant_id, key_id, epoch, home, capability_hash) values ($1, $2, 0, $3, $4)', [
    ...[tenantId, KEY_ID, home, createHash('sha256').update(capability).digest()],
  ]);
  await migrator.query(`select set_config('tenant.capability', $1, true)`, [capability]);
  await migrator.query(
    `set local lock_timeout = ${String(LOCK_TIMEOUT_MS)}; set local statement_timeout = 0; set local role tenantry_owner;
     set local search_path = ${identifier(home)}, pg_temp`,
  );
  for (const statement of step.statements) await sendStatement(migrator, step, statement);
  await migrator.query('set local role none');
  await migrator.query('delete from tenancy.fence where tenant_id = $1 and key_id = $2', [tenantId, KEY_ID]);
}
