import pg from 'pg';
import type { RunningStart } from '#tools/demo/running-start.js';
import { asking } from '#tools/demo/superuser.js';

/** Rows of one tenant in one table. */
export interface Whereabouts {
  readonly tenantId: string;
  readonly server: string;
  readonly database: string;
  readonly schema: string;
  readonly rows: number;
}

/** Looks into every database of every server, as its superuser, for tables of tenants, and counts whose rows lie there. */
export async function findRows({ clusters }: RunningStart): Promise<Whereabouts[]> {
  const found: Whereabouts[] = [];
  for (const [server, { superuserUrl }] of Object.entries(clusters)) {
    if (!superuserUrl) continue;
    const databases = await asking<{ name: string }>(superuserUrl, 'select datname as name from pg_database where datallowconn');
    for (const { name } of databases) found.push(...(await rowsIn(superuserUrl, server, name)));
  }
  return found;
}

async function rowsIn(superuserUrl: string, server: string, database: string): Promise<Whereabouts[]> {
  const url = new URL(superuserUrl);
  url.pathname = `/${database}`;
  const homes = await asking<{ schema: string }>(
    url.href,
    `select n.nspname as schema from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relname = 'tickets' and c.relkind in ('r', 'p')`,
  );
  if (homes.length === 0) return [];
  const counts = homes.map(
    ({ schema }) =>
      `select ${pg.escapeLiteral(schema)} as schema, tenant_id::text as "tenantId", count(*)::int as rows from ${pg.escapeIdentifier(schema)}.tickets group by tenant_id`,
  );
  const rows = await asking<Omit<Whereabouts, 'server' | 'database'>>(url.href, counts.join(' union all '));
  return rows.map((row) => ({ ...row, server, database }));
}
