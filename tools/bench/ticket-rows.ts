import { randomUUIDv7 } from 'node:crypto';
import { WrongAnswerError } from '#tools/bench/bench.errors.js';

/** Each tenant has this many tickets before anything is measured. */
export const ROWS_EACH = 1_000;
export const READ_ROWS = 20;

const COLUMNS = 'tenant_id, id, title, description, status, priority, assignee_id, labels, due_at, version, created_at, updated_at';

/** The list that is measured, of a table where every row is the tenant's own, or with the predicate that picks the tenant's. */
export function readText(table: string, ownTenant: '' | 'tenant_id = $2 and' = ''): string {
  return `select ${COLUMNS} from ${table} where ${ownTenant} status = $1 order by created_at desc, id desc limit ${READ_ROWS}`;
}

export function insertText(table: string): string {
  const places = COLUMNS.split(',').map((_, index) => `$${index + 1}`);
  return `insert into ${table} (${COLUMNS}) values (${places.join(', ')}) returning tenant_id`;
}

/** A new row; it is not among those that the list reads, so the list stays the same. */
export function newRow(tenantId: string): unknown[] {
  const now = new Date();
  const title = 'Printer on the second floor is out of toner';
  return [tenantId, randomUUIDv7(), title, 'It says so on its display.', 'completed', 'normal', null, ['printer'], null, 1, now, now];
}

/** The same rows for each tenant, tenant by tenant, so that they lie in every table as they lie in one of a tenant's own. */
export function fillText(table: string): string {
  return `insert into ${table} (${COLUMNS})
    select tenant, md5(tenant::text || n)::uuid, 'Ticket ' || n, repeat('what happened ', 8),
           (array['open', 'in_progress', 'completed', 'cancelled'])[1 + n % 4], (array['low', 'normal', 'high'])[1 + n % 3],
           case when n % 2 = 0 then md5('a' || n)::uuid end, array['label ' || n % 7], timestamptz '2026-06-01' + n * interval '1 hour', 1,
           timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-01-02' + n * interval '1 minute'
    from unnest($1::uuid[]) with ordinality as made (tenant, place), generate_series(1, ${ROWS_EACH}) as n order by place, n`;
}

/** Raises WrongAnswerError unless there are as many rows as asked for and all are the tenant's. */
export function checkRows(operation: string, rows: readonly unknown[], tenantId: string, expected = READ_ROWS): void {
  if (rows.length !== expected) throw new WrongAnswerError(operation, `${rows.length} rows instead of ${expected}`);
  for (const row of rows as { tenant_id?: string; tenantId?: string }[]) {
    const owner = row.tenant_id ?? row.tenantId;
    if (owner !== tenantId) throw new WrongAnswerError(operation, `a row of ${String(owner)} to ${tenantId}`);
  }
}
