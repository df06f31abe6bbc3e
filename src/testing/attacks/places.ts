import pg from 'pg';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { ConfiguredCluster } from '#main/clusters.js';

/** Every table in every database of every cluster that has a row with this id, as `cluster/database/schema.table`, seen by a superuser. */
export async function placesOf(clusters: readonly ConfiguredCluster[], id: string): Promise<string[]> {
  const places = await Promise.all(
    clusters.map(async ({ name, provisionUrl }) => {
      const found: string[] = [];
      for (const database of await databasesOf(String(provisionUrl))) {
        const here = await withSession(atDatabase(String(provisionUrl), database), (session) => tablesWith(session, id)).catch(gone);
        found.push(...here.map((table) => `${name}/${database}/${table}`));
      }
      return found;
    }),
  );
  return places.flat().sort();
}

async function databasesOf(url: string): Promise<string[]> {
  return withSession(url, async (session) => {
    const { rows } = await session.query<{ datname: string }>('select datname from pg_database where datallowconn');
    return rows.map(({ datname }) => datname);
  });
}

async function tablesWith(session: pg.Client, id: string): Promise<string[]> {
  const { rows } = await session.query<{ text: string }>(
    `select string_agg(format('select %L as place from %I.%I where id = %L', n.nspname || '.' || c.relname, n.nspname, c.relname, $1::text), ' union all ') as text
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'id' and a.atttypid = 'uuid'::regtype
     where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema')`,
    [id],
  );
  if (!rows[0]?.text) return [];
  return (await session.query<{ place: string }>(rows[0].text)).rows.map(({ place }) => place);
}

/** A database or a schema that another spec takes away meanwhile. */
function gone(error: Error & { code?: string }): string[] {
  if (error.code === '3D000' || error.code === '42P01' || error.code === '57P01') return [];
  throw error;
}
