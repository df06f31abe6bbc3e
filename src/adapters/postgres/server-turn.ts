import type pg from 'pg';
import { withSession } from '#adapters/postgres/session.js';

/** Runs `work` with a provisioning session while no other `serverTurn` from the same database does; it may wait ten minutes for its turn. */
export function serverTurn<T>(provisionUrl: string, work: (provisioning: pg.Client) => Promise<T>): Promise<T> {
  return withSession(provisionUrl, async (provisioning) => {
    await provisioning.query(`set statement_timeout = '10min'`);
    await provisioning.query(`select pg_advisory_lock(hashtext('tenantry.up'))`);
    await provisioning.query('reset statement_timeout');
    // The lock goes with the session, also when this process dies.
    return work(provisioning);
  });
}
