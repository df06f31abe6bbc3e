import { once } from 'node:events';
import type pg from 'pg';
import { Deadline } from '#kernel/isolation/deadline.js';

const WITHIN_MS = 1_000;
const TRIES = 3;
const SET_IN_DATABASES = `select quote_ident(d.datname) as name from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
  where s.setrole = (select oid from pg_roles where rolname = session_user)`;

/**
 * Puts a login role back as provisioning made it: what ran may have been `alter role` on itself, which PostgreSQL always allows. Any session
 * that is still authenticated can: `own`, which did it, if it is well, else another. Each is let go of, before another is asked for,
 * because the pool may have no other place. Whether it was done; never raises.
 */
export async function restoreRole(own: pg.PoolClient, isBusy: boolean, another: () => Promise<pg.PoolClient>): Promise<boolean> {
  if (await restoreOn(own, isBusy)) return true;
  try {
    return await restoreOn(await another(), false);
  } catch {
    return false;
  }
}

async function restoreOn(client: pg.PoolClient, isBusy: boolean): Promise<boolean> {
  try {
    await new Deadline(WITHIN_MS).race(restore(client, isBusy));
    return true;
  } catch {
    return false;
  } finally {
    client.release(true);
  }
}

async function restore(client: pg.PoolClient, isBusy: boolean): Promise<void> {
  if (isBusy) await once(client, 'drain');
  const run = (text: string): Promise<pg.QueryResult> => client.query({ text, queryMode: 'extended' } as pg.QueryConfig);
  await run('rollback');
  await run('reset all');
  // Two who put it back at once meet in the same row of the catalogue, and one of them is refused.
  for (let left = TRIES; left > 0; left -= 1) {
    try {
      await run('select tenancy.restore_role()');
      await run('alter role session_user reset all');
      const { rows } = await run(SET_IN_DATABASES);
      for (const { name } of rows as { name: string }[]) await run(`alter role session_user in database ${name} reset all`);
      return;
    } catch (error) {
      if (left === 1) throw error;
    }
  }
}
