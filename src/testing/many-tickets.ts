import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { until } from '#testing/faults/until.js';

/** The words that stand in many tickets' titles and descriptions, by how many of 100,000 have them; the newest has the highest number. */
export const WORDS_OF_MANY = {
  /** In all. */
  all: 'ticket',
  /** In 50,000, evenly. */
  half: 'even',
  /** In about 100, evenly. */
  some: 'word123',
  /** In 10, evenly. */
  few: 'needle',
  /** In the 5,000 oldest alone: too many to gather, and far from where a list begins. */
  oldest: 'antique',
} as const;

/** Millions of rows take minutes. */
const LONGEST_MS = 3_600_000;
/** The share of older tickets, in which alone there is any status but completed, any priority but low, and nobody's or the assignee's. */
const OLDER = 0.6;

/**
 * The tables of which the vacuum could not mark nearly every page as seen by all: a snapshot that somebody else holds in the database keeps it
 * from that, and without the marks the planner takes an index alone for dear.
 */
const NOT_SEEN_BY_ALL = `select relname from pg_class
  where oid in ('tickets'::regclass, 'ticket_term'::regclass) and relallvisible < relpages * 0.9`;

/** Gives a tenant many tickets with their terms, as a superuser, whom neither policies nor foreign keys hold up; then tells the planner. */
export async function fillTickets(clusters: readonly Cluster[], tenant: Tenant, count: number, assigneeId: string): Promise<void> {
  const { cluster, database, schema } = tenant.placement;
  await withSession(
    atDatabase(clusterNamed(cluster, clusters).provisionUrl, database),
    async (superuser) => {
      await superuser.query('set statement_timeout = 0');
      await superuser.query('set session_replication_role = replica');
      await superuser.query(`set search_path to ${identifier(schema)}`);
      await superuser.query(
        `insert into tickets (tenant_id, id, title, description, status, priority, assignee_id, labels, due_at, created_by_kind, created_by_id,
         terms_version, version, created_at, updated_at)
       select $1, gen_random_uuid(), 'Ticket w' || n % 997 || case when n % 2 = 0 then ' even' else '' end,
         'word' || n % 1000 || case when n % 10000 = 17 then ' needle' else '' end || case when n <= 5000 then ' antique' else '' end,
         case when n > $4 then 'completed' else (array['open', 'in_progress', 'completed', 'cancelled'])[1 + n % 4] end,
         case when n > $4 then 'low' else (array['low', 'normal', 'high', 'urgent'])[1 + n / 4 % 4] end,
         case when n > $4 then md5('somebody else')::uuid when n % 10 = 0 then $3::uuid end, array['label ' || n % 20] || case when n % 10000 = 5 then array['rare'] else '{}' end,
         case when n % 2 = 0 then timestamptz '2030-01-01' - n * interval '1 minute' end, 'member', $3, 1, 1,
         timestamptz '2025-01-01' + n * interval '1 minute', timestamptz '2026-01-01' + (n::bigint * 7919 % 100000) * interval '1 second'
       from generate_series(1, $2::integer) as n`,
        [tenant.id, count, assigneeId, count * OLDER],
      );
      await superuser.query(
        `insert into ticket_term (tenant_id, term, created_at, ticket_id)
       select tenant_id, term, created_at, id from tickets, lateral (
         select lower(word) from regexp_split_to_table(title || ' ' || description, ' ') as word union select '#' || label from unnest(labels) as label
       ) as found (term) where tenant_id = $1 order by 1, 2, 3, 4`,
        [tenant.id],
      );
      await until(async () => {
        await superuser.query('vacuum analyze tickets, ticket_term');
        const { rows } = await superuser.query(NOT_SEEN_BY_ALL);
        return rows.length === 0;
      }, 120_000);
    },
    LONGEST_MS,
  );
}
