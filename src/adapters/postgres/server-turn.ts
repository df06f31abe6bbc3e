import type pg from 'pg';
import { answeredWithin, withSession } from '#adapters/postgres/session.js';

const PATIENCE_MS = 600_000;

/** Runs `work` with a provisioning session while no other `serverTurn` from the same database does; it may wait ten minutes for its turn. */
export function serverTurn<T>(provisionUrl: string, work: (provisioning: pg.Client) => Promise<T>): Promise<T> {
  return withSession(provisionUrl, async (provisioning) => {
    await provisioning.query(`set statement_timeout = ${String(PATIENCE_MS)}`);
    await provisioning.query(answeredWithin(`select pg_advisory_lock(hashtext('tenantry.up'))`, PATIENCE_MS + 5_000));
    await provisioning.query('reset statement_timeout');
    // The lock goes with the session, also when this process dies.
    return work(provisioning);
  });
}
