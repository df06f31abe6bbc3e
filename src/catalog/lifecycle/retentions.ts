import type { EntityManager } from '@mikro-orm/postgresql';

/** How far the data of a cancelled tenant is: kept until it is due, being erased, or gone. */
export type RetentionState = 'kept' | 'erasing' | 'erased';

/** How long the data of a cancelled tenant is kept. */
export interface Retention {
  readonly cancelledAt: Date;
  readonly dueAt: Date;
  readonly state: RetentionState;
}

/** A cancelled tenant with what is due for it. */
export interface RetainedTenant extends Retention {
  readonly tenantId: string;
}

/** How long the data of cancelled tenants is kept; by these rows alone, whatever becomes of queues and caches. */
export const Retentions = {
  /** Of a tenant that has one already nothing is changed: its time is counted from its first cancellation. */
  async begin(em: EntityManager, tenantId: string, { cancelledAt, dueAt }: Omit<Retention, 'state'>): Promise<void> {
    await em.execute('insert into tenant_retention (tenant_id, cancelled_at, due_at) values (?, ?, ?) on conflict (tenant_id) do nothing', [
      tenantId,
      cancelledAt.toISOString(),
      dueAt.toISOString(),
    ]);
  },

  /** Holds the row until the transaction ends, so that whoever erases and whoever reactivates take turns. Null when there is none. */
  async lock(em: EntityManager, tenantId: string): Promise<Retention | null> {
    const rows = await em.execute<RetentionRow[]>(`${SELECT} where tenant_id = ? for update`, [tenantId]);
    return rows.map(retentionOf)[0] ?? null;
  },

  async of(em: EntityManager, tenantId: string): Promise<Retention | null> {
    const rows = await em.execute<RetentionRow[]>(`${SELECT} where tenant_id = ?`, [tenantId]);
    return rows.map(retentionOf)[0] ?? null;
  },

  /** The tenant is none that was cancelled any more. Only of one whose erasure has not begun. */
  async end(em: EntityManager, tenantId: string): Promise<void> {
    await em.execute(`delete from tenant_retention where tenant_id = ? and state = 'kept'`, [tenantId]);
  },

  /** Cancelled ones that are due by `at`, held by nobody, and with no work of that kind under way or waiting for somebody; the longest due first. */
  async due(em: EntityManager, at: Date, kind: string): Promise<RetainedTenant[]> {
    const rows = await em.execute<(RetentionRow & { tenant_id: string })[]>(
      `${SELECT} r where state = 'kept' and ${IS_FREE} and due_at <= ?::timestamptz
         and not exists (select from work w where w.tenant_id = r.tenant_id and w.kind = ? and w.state in ('queued', 'running', 'needs_human'))
       order by due_at limit ?`,
      [at.toISOString(), kind, AT_ONCE],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, ...retentionOf(row) }));
  },

  /**
   * Marks those whose erasure is at most so many days away by `at`, and who were not warned of that yet, as warned. Held ones are not
   * warned: nothing is taken from them.
   */
  async warn(em: EntityManager, at: Date, days: number): Promise<RetainedTenant[]> {
    const rows = await em.execute<(RetentionRow & { tenant_id: string })[]>(
      `update tenant_retention set warned_days = ? where tenant_id in (
         select tenant_id from tenant_retention r
         where state = 'kept' and ${IS_FREE} and due_at > ?::timestamptz and due_at <= ?::timestamptz + make_interval(days => ?)
           and (warned_days is null or warned_days > ?) limit ? for update skip locked)
       returning tenant_id, cancelled_at::text, due_at::text, state`,
      [days, at.toISOString(), at.toISOString(), days, days, AT_ONCE],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, ...retentionOf(row) }));
  },
} as const;

interface RetentionRow {
  readonly cancelled_at: string;
  readonly due_at: string;
  readonly state: RetentionState;
}

const AT_ONCE = 1_000;
const IS_FREE = 'not exists (select from tenant_legal_hold h where h.tenant_id = r.tenant_id)';
const SELECT = 'select tenant_id, cancelled_at::text, due_at::text, state from tenant_retention';

function retentionOf({ cancelled_at, due_at, state }: RetentionRow): Retention {
  return { cancelledAt: new Date(cancelled_at), dueAt: new Date(due_at), state };
}
