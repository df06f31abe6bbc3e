import { CompiledQuery } from 'kysely';
import { CATALOGUE, type CatalogueRow, shapesOf } from '#adapters/postgres/home-catalogue.js';
import { identifier } from '#adapters/postgres/session.js';
import type { TableShape, TenantSnapshot, TenantSnapshots } from '#control/lifecycle/export/tenant-tables.js';
import type { TenantContextFactory, TenantReads } from '#kernel/isolation/tenant-context-factory.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';

const ROWS_AT_ONCE = 500;

/** Snapshots through the same pool, login and policies as a request of the tenant: they show what the tenant may see and nothing else. */
export class PostgresSnapshots implements TenantSnapshots {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly rowsAtOnce = ROWS_AT_ONCE,
  ) {}

  take<T>(work: (snapshot: TenantSnapshot) => Promise<T>): Promise<T> {
    const { schema } = TenantScope.require('take a snapshot').placement;
    return this.contexts.snapshot((reads) => work(new PostgresSnapshot(reads, schema, this.rowsAtOnce)));
  }

  async requireOpen(): Promise<void> {
    await TenantTransaction.leave(() => this.contexts.reads().executeQuery(CompiledQuery.raw('select 1')));
  }
}

class PostgresSnapshot implements TenantSnapshot {
  constructor(
    private readonly reads: TenantReads<unknown>,
    private readonly home: string,
    private readonly rowsAtOnce: number,
  ) {}

  async tables(): Promise<TableShape[]> {
    return shapesOf(await this.#query<CatalogueRow>(CATALOGUE, [this.home]));
  }

  async *lines(table: TableShape, columns: readonly string[]): AsyncIterable<string> {
    const keys = table.key.map(identifier);
    const types = table.key.map((name) => table.columns.find((column) => column.name === name)?.type);
    const row = columns.map((name) => `t.${identifier(name)}`).join(', ');
    const last = keys.map((key) => `t.${key}::text`).join(', ');
    const text = (isFirst: boolean): string =>
      `select row_to_json(r)::text as line, ${keys.length > 0 ? `array[${last}]` : 'null'} as last
       from ${identifier(this.home)}.${identifier(table.name)} t cross join lateral (select ${row}) r
       ${isFirst ? '' : `where (${keys.map((key) => `t.${key}`).join(', ')}) > (${types.map((type, at) => `$${String(at + 1)}::text::${String(type)}`).join(', ')})`}
       ${keys.length > 0 ? `order by ${keys.map((key) => `t.${key}`).join(', ')}` : ''} limit ${String(this.rowsAtOnce)}`;
    for (let after: readonly string[] | null = null; ;) {
      const page: { line: string; last: string[] | null }[] = await this.#query(text(after === null), after ?? []);
      for (const { line } of page) yield line;
      after = page.at(-1)?.last ?? null;
      if (page.length < this.rowsAtOnce || after === null) return;
    }
  }

  async #query<Row>(text: string, values: readonly unknown[]): Promise<Row[]> {
    return (await this.reads.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
  }
}
