import type { EntityManager, MikroORM } from '@mikro-orm/postgresql';
import type { Placement, PlacementKind } from '#kernel/tenancy/placement.js';

/** Where tables of tenants are: the shared schema of a database, a schema of one tenant's, or the schema in a database of its own. */
export type Home = Pick<Placement, 'cluster' | 'database'> & { readonly home: string };

/** What a home has had: `version` is the newest migration, `needs` the newest of those that older applications cannot serve ('' for none). */
export interface HomeVersion {
  readonly version: string;
  readonly needs: string;
}

/** A home with what lives in it. */
export interface KnownHome extends Home {
  readonly target: string;
  readonly tier: PlacementKind;
  /** Null for a shared one. */
  readonly tenantId: string | null;
  readonly slug: string | null;
  /** Null when nothing was ever noted of it. */
  readonly version: string | null;
}

/** The name of every shared home; each is there before a tenant is in it. */
const SHARED_HOME = 'shared';

/** Which homes are meant; everything that is not said means all. */
export interface HomeFilter {
  readonly tier?: PlacementKind | undefined;
  readonly region?: string | undefined;
  /** Ids of tenants. */
  readonly tenants?: readonly string[] | undefined;
}

/** The statement that notes versions that were seen, of a relation with the columns of `Home & HomeVersion`; in their order, because others note many too. */
export const notingOf = (seen: string): string =>
  `insert into home_version as known (cluster, database, home, version, needs) select cluster, database, home, version, needs from ${seen}
   order by cluster, database, home
   on conflict (cluster, database, home) do update set version = greatest(known.version, excluded.version),
     needs = greatest(known.needs, excluded.needs), changed_at = clock_timestamp()
   where known.version < excluded.version or known.needs < excluded.needs`;

/**
 * The central ledger: which version every home is at, as it was last seen. It decides what is due without asking a single database; the
 * truth is what each database says of itself.
 */
export class HomeLedger {
  constructor(private readonly catalog: MikroORM) {}

  /**
   * Notes versions that were seen. Who saw a home before others brought it on may come later: what is noted is never less than what was.
   */
  async note(homes: readonly (Home & HomeVersion)[]): Promise<void> {
    if (homes.length === 0) return;
    await this.catalog.em
      .fork()
      .execute(notingOf('jsonb_to_recordset(?::jsonb) as seen (cluster text, database text, home text, version text, needs text)'), [
        JSON.stringify(homes),
      ]);
  }

  /** Of homes that were seen, those of which another version is noted. */
  async differing(seen: readonly (Home & Pick<HomeVersion, 'version'>)[]): Promise<(Home & { readonly noted: string })[]> {
    if (seen.length === 0) return [];
    return this.catalog.em.fork().execute<(Home & { noted: string })[]>(
      `select v.cluster, v.database, v.home, v.version as noted
       from jsonb_to_recordset(?::jsonb) as seen (cluster text, database text, home text, version text)
       join home_version v on (v.cluster, v.database, v.home) = (seen.cluster, seen.database, seen.home) where v.version <> seen.version`,
      [JSON.stringify(seen)],
    );
  }

  /** Notes what homes say of themselves, also when that is less than what was noted: for who has their turns, so that nobody brings them on meanwhile. */
  async correct(homes: readonly (Home & HomeVersion)[]): Promise<void> {
    await this.catalog.em.fork().execute(
      `update home_version known set version = seen.version, needs = seen.needs, changed_at = clock_timestamp()
       from jsonb_to_recordset(?::jsonb) as seen (cluster text, database text, home text, version text, needs text)
       where (known.cluster, known.database, known.home) = (seen.cluster, seen.database, seen.home)`,
      [JSON.stringify(homes)],
    );
  }

  /** Forgets a home that was taken away; a shared one is there whoever lives in it, and stays. With `em`, in its transaction. */
  async forget({ cluster, database, home }: Home, em: EntityManager = this.catalog.em.fork()): Promise<void> {
    await em.execute('delete from home_version where cluster = ? and database = ? and home = ? and home <> ?', [
      ...[cluster, database, home, SHARED_HOME],
    ]);
  }

  /** Whether anything could be in that region. */
  async hasRegion(region: string): Promise<boolean> {
    return (await this.catalog.em.fork().execute('select from cluster where region = ? limit 1', [region])).length > 0;
  }

  /** Those of some ids that are no tenant's. */
  async strangers(tenants: readonly string[]): Promise<string[]> {
    const rows = await this.catalog.em
      .fork()
      .execute<{ id: string }[]>(
        'select id from unnest(?::uuid[]) as asked (id) where not exists (select from tenant t where t.id = asked.id)',
        [`{${tenants.join(',')}}`],
      );
    return rows.map(({ id }) => id);
  }

  /** Every home of tenants that are neither being made nor being taken away, by its target's name. */
  async homes(filter: HomeFilter = {}): Promise<KnownHome[]> {
    return knownHomes(this.catalog.em.fork(), filter, '');
  }

  /** Those of them that are not at `version`: nothing was noted of them, or something older. */
  async due(version: string, filter: HomeFilter = {}, em: EntityManager = this.catalog.em.fork()): Promise<KnownHome[]> {
    return knownHomes(em, filter, version);
  }
}

/** The home of whoever is placed there. */
export function homeOf({ cluster, database, schema }: Pick<Placement, 'cluster' | 'database' | 'schema'>): Home {
  return { cluster, database, home: schema };
}

/** A home's name among all of them. */
export function targetOf({ cluster, database, home }: Home): string {
  return `${cluster}/${database}/${home}`;
}

async function knownHomes(em: EntityManager, { tier, region, tenants }: HomeFilter, olderThan: string): Promise<KnownHome[]> {
  const homes = await em.execute<Omit<KnownHome, 'target'>[]>(
    `with lived_in as (
       select p.cluster, p.database, p.schema as home, min(p.kind) as tier, min(t.id::text) as tenant_id, min(t.slug) as slug
       from placement p join tenant t on t.id = p.tenant_id left join tenant_retention r on r.tenant_id = t.id
       where t.status <> 'provisioning' and coalesce(r.state, 'kept') = 'kept' and (?::text is null or t.id = any(?::uuid[]))
       group by p.cluster, p.database, p.schema
     ), here as (
       select * from lived_in
       union all
       select cluster, database, home, 'row', null, null from home_version v
       where home = ? and ?::text is null and not exists (select from lived_in l where (l.cluster, l.database, l.home) = (v.cluster, v.database, v.home))
     )
     select h.cluster, h.database, h.home, h.tier, case when h.tier <> 'row' then h.tenant_id end as "tenantId",
       case when h.tier <> 'row' then h.slug end as slug, v.version
     from here h join cluster c on c.name = h.cluster
     left join home_version v on (v.cluster, v.database, v.home) = (h.cluster, h.database, h.home)
     where (?::text is null or h.tier = ?) and (?::text is null or c.region = ?) and (?::text = '' or v.version is null or v.version < ?)
     order by h.cluster, h.database, h.home`,
    [
      ...[tenants ? '' : null, `{${(tenants ?? []).join(',')}}`, SHARED_HOME, tenants ? '' : null],
      ...[tier ?? null, tier ?? null, region ?? null, region ?? null, olderThan, olderThan],
    ],
  );
  return homes.map((home) => ({ target: targetOf(home), ...home }));
}
