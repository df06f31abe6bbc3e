import type { MikroORM } from '@mikro-orm/postgresql';

/** How many tenants there are, of each kind. */
export interface Census {
  readonly total: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byPlan: Readonly<Record<string, number>>;
  readonly byRegion: Readonly<Record<string, number>>;
}

const COUNT = `select status, plan, region, count(*)::text as tenants from tenant group by status, plan, region`;

/** Counts the tenants of the catalog as it is now. */
export class TenantCensus {
  constructor(private readonly catalog: MikroORM) {}

  async take(): Promise<Census> {
    const rows = await this.catalog.em.fork().execute<Group[]>(COUNT);
    return {
      total: rows.reduce((sum, { tenants }) => sum + Number(tenants), 0),
      ...{ byStatus: countedBy(rows, 'status'), byPlan: countedBy(rows, 'plan'), byRegion: countedBy(rows, 'region') },
    };
  }
}

type Group = Readonly<Record<'status' | 'plan' | 'region' | 'tenants', string>>;

function countedBy(rows: readonly Group[], key: 'status' | 'plan' | 'region'): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) counts[row[key]] = (counts[row[key]] ?? 0) + Number(row.tenants);
  return counts;
}
