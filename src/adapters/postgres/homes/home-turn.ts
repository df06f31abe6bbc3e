import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { answeredWithin, identifier, inTransaction } from '#adapters/postgres/session.js';

const PATIENCE_MS = 60_000;
const BETWEEN_MS = 50;

/** Raised when another has had a home's turn for a minute. */
export class HomeIsBusyError extends Error {
  override readonly name = 'HomeIsBusyError';

  constructor(readonly home: string) {
    super(`another migration has had the home ${home} for ${PATIENCE_MS / 1_000} s`);
  }
}

/** Until the transaction ends nobody else makes, changes or takes away this home. Raises HomeIsBusyError, or the signal's reason. */
export function takeTurn(migrator: pg.ClientBase, home: string, signal?: AbortSignal): Promise<void> {
  return until(migrator, 'pg_try_advisory_xact_lock', home, signal);
}

/** The same while `work` runs, outside a transaction. It ends with the session at the latest, which the server ends when it sends nothing for 10 s. */
export async function withTurn<T>(migrator: pg.ClientBase, home: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await migrator.query(`set idle_session_timeout = '10s'`);
  await until(migrator, 'pg_try_advisory_lock', home, signal);
  try {
    return await work();
  } finally {
    const unlock = `select pg_advisory_unlock(hashtext(${pg.escapeLiteral(keyOf(home))})); reset idle_session_timeout`;
    await migrator.query(answeredWithin(unlock, 5_000)).catch(() => undefined); // the session is gone, and its lock
  }
}

/** Takes a home away with what it is said to have had, in its turn: no migration has it under its hands, or finds half of it. Raises HomeIsBusyError. */
export async function dropHome(provisioning: pg.ClientBase, home: string): Promise<void> {
  await inTransaction(provisioning, async () => {
    await takeTurn(provisioning, home);
    await provisioning.query('delete from tenancy.migration where home = $1', [home]);
    await provisioning.query(`drop schema if exists ${identifier(home)} cascade`);
  });
}

/**
 * Asks again and again, and without parameters, which would leave a portal open in the transaction: a statement that waits and a portal hold a
 * snapshot, and who builds an index concurrently waits for every older one.
 */
async function until(migrator: pg.ClientBase, tryLock: string, home: string, signal?: AbortSignal): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await migrator.query<{ isMine: boolean }>(`select ${tryLock}(hashtext(${pg.escapeLiteral(keyOf(home))})) as "isMine"`);
    if (rows[0]?.isMine) return;
    if (performance.now() > endsAt) throw new HomeIsBusyError(home);
    await sleep(BETWEEN_MS);
  }
}

/** What the lock of a home's turn is made of. */
export function keyOf(home: string): string {
  return `tenantry.home.${home}`;
}
