import type pg from 'pg';
import { withSession } from '#adapters/postgres/session.js';

/**
 * Runs `work` while nobody else makes, changes or takes away this database, also when who began it died and left a statement running: the turn
 * ends with the session. `provisionUrl` is that of its cluster, as it is: turns are known to one database of a server.
 */
export function placeTurn<T>(provisionUrl: string, database: string, work: (provisioning: pg.Client) => Promise<T>): Promise<T> {
  return withSession(provisionUrl, async (provisioning) => {
    await provisioning.query('select pg_advisory_lock(hashtext($1))', [`tenantry.place.${database}`]);
    return work(provisioning);
  });
}
