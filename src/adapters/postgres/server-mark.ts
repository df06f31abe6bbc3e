import type pg from 'pg';

/** SQL for the name of the cluster that a server is: null before it is made ready, empty for one of the platform's own. */
export const SERVER_MARK = `(select coalesce(shobj_description(oid, 'pg_authid'), '') from pg_roles where rolname = 'tenantry_owner')`;

/** The cluster that a server is by its own word; null before it is made ready, empty for one of the platform's own. */
export async function serverMark(provisioning: pg.Client): Promise<string | null> {
  const { rows } = await provisioning.query<{ mark: string | null }>(`select ${SERVER_MARK} as mark`);
  return rows[0]?.mark ?? null;
}
