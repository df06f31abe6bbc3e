import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

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

/** The same while `work` runs, outside a transaction. It ends with the session at the latest. */
export async function withTurn<T>(migrator: pg.ClientBase, home: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await until(migrator, 'pg_try_advisory_lock', home, signal);
  try {
    return await work();
  } finally {
    await migrator.query('select pg_advisory_unlock(hashtext($1))', [keyOf(home)]).catch(() => undefined); // the session is gone, and its lock
  }
}

/** Asks again and again: a statement that waits holds a snapshot, and who builds an index concurrently waits for every older one. */
async function until(migrator: pg.ClientBase, tryLock: string, home: string, signal?: AbortSignal): Promise<void> {
  const endsAt = performance.now() + PATIENCE_MS;
  for (;;) {
    signal?.throwIfAborted();
    const { rows } = await migrator.query<{ isMine: boolean }>(`select ${tryLock}(hashtext($1)) as "isMine"`, [keyOf(home)]);
    if (rows[0]?.isMine) return;
    if (performance.now() > endsAt) throw new HomeIsBusyError(home);
    await sleep(BETWEEN_MS);
  }
}

/** What the lock of a home's turn is made of. */
export function keyOf(home: string): string {
  return `tenantry.home.${home}`;
}
