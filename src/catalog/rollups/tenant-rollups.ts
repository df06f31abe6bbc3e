import type { MikroORM } from '@mikro-orm/postgresql';
import { rowTime } from '#kernel/model/row-time.js';

/** What a tenant was counted as. */
export interface TenantCounts {
  /** People who may sign in, or were asked to. */
  readonly users: number;
  /** Those seen in the last 30 days. */
  readonly activeUsers30d: number;
  readonly tickets: number;
  readonly storageBytes: number;
}

/** The last count of a tenant. */
export interface TenantRollup extends TenantCounts {
  /** The newest migration of its tables; null when it could not be asked. */
  readonly schemaVersion: string | null;
  readonly countedAt: Date;
}

/** The last counts of all active tenants together. */
export interface RollupSum extends TenantCounts {
  /** Active tenants. */
  readonly tenants: number;
  /** Those of them that were never counted: the sums are without them. */
  readonly missing: number;
  /** When the one that was counted longest ago was, and the latest; null while none was. */
  readonly oldest: Date | null;
  readonly newest: Date | null;
}

interface RollupRow {
  readonly users: string;
  readonly active_users_30d: string;
  readonly tickets: string;
  readonly storage_bytes: string;
}

const SUM = `select count(*)::text as tenants, count(*) filter (where r.tenant_id is null)::text as missing,
    coalesce(sum(r.users), 0)::text as users, coalesce(sum(r.active_users_30d), 0)::text as active_users_30d,
    coalesce(sum(r.tickets), 0)::text as tickets, coalesce(sum(r.storage_bytes), 0)::text as storage_bytes,
    min(r.counted_at) as oldest, max(r.counted_at) as newest
  from tenant t left join tenant_rollup r on r.tenant_id = t.id where t.status = 'active'`;

/** What the tenants were last counted as, each by a job of its own; a look at all of them asks none. */
export class TenantRollups {
  constructor(private readonly catalog: MikroORM) {}

  /** Keeps a count; one of a later time is not overwritten, and a tenant that is gone meanwhile is passed over. */
  async put(tenantId: string, { users, activeUsers30d, tickets, storageBytes, schemaVersion, countedAt }: TenantRollup): Promise<void> {
    await this.#rows(
      `insert into tenant_rollup as r (tenant_id, users, active_users_30d, tickets, storage_bytes, schema_version, counted_at)
       select t.id, ?, ?, ?, ?, ?, ? from tenant t where t.id = ?
       on conflict (tenant_id) do update set users = excluded.users, active_users_30d = excluded.active_users_30d, tickets = excluded.tickets,
         storage_bytes = excluded.storage_bytes, schema_version = coalesce(excluded.schema_version, r.schema_version), counted_at = excluded.counted_at
       where r.counted_at <= excluded.counted_at`,
      [users, activeUsers30d, tickets, storageBytes, schemaVersion, countedAt.toISOString(), tenantId],
    );
  }

  /** Null for a tenant that was never counted. */
  async of(tenantId: string): Promise<TenantRollup | null> {
    const [row] = await this.#rows<RollupRow & { schema_version: string | null; counted_at: Date | string }>(
      `select users::text, active_users_30d::text, tickets::text, storage_bytes::text, schema_version, counted_at from tenant_rollup where tenant_id = ?`,
      [tenantId],
    );
    return row ? { ...countsOf(row), schemaVersion: row.schema_version, countedAt: rowTime(row.counted_at) } : null;
  }

  async sum(): Promise<RollupSum> {
    const [row] = await this.#rows<
      RollupRow & { tenants: string; missing: string; oldest: Date | string | null; newest: Date | string | null }
    >(SUM);
    if (!row) throw new TypeError('a sum is one row');
    const time = (at: Date | string | null): Date | null => (at === null ? null : rowTime(at));
    return {
      ...countsOf(row),
      tenants: Number(row.tenants),
      missing: Number(row.missing),
      oldest: time(row.oldest),
      newest: time(row.newest),
    };
  }

  /** How many active tenants are at which version; null is for those of whom it is not known. */
  async schemaVersions(): Promise<{ version: string | null; tenants: number }[]> {
    const rows = await this.#rows<{ version: string | null; tenants: string }>(
      `select r.schema_version as version, count(*)::text as tenants from tenant t left join tenant_rollup r on r.tenant_id = t.id
       where t.status = 'active' group by 1 order by 1 nulls last`,
    );
    return rows.map(({ version, tenants }) => ({ version, tenants: Number(tenants) }));
  }

  #rows<Row>(sql: string, values: (string | number | null)[] = []): Promise<Row[]> {
    return this.catalog.em.fork().execute<Row[]>(sql, values);
  }
}

function countsOf({ users, active_users_30d, tickets, storage_bytes }: RollupRow): TenantCounts {
  return { users: Number(users), activeUsers30d: Number(active_users_30d), tickets: Number(tickets), storageBytes: Number(storage_bytes) };
}
