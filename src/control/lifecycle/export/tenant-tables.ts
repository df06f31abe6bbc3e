/** A column as PostgreSQL's catalogue has it. */
export interface ColumnShape {
  readonly name: string;
  /** As PostgreSQL writes it, with its length or precision. */
  readonly type: string;
  readonly isRequired: boolean;
  /** Computed from others by the database. */
  readonly isGenerated: boolean;
}

/** A table of a tenant's home; the columns without `tenant_id`, which is the same in all of them, in the order of their names. */
export interface TableShape {
  readonly name: string;
  readonly columns: readonly ColumnShape[];
  /** What tells its rows apart, in the order of the primary key, without `tenant_id`; empty for a table with one row a tenant. */
  readonly key: readonly string[];
}

/** Everything a tenant has in its tables, as it was at one moment. */
export interface TenantSnapshot {
  /** Every table there is, asked of the database's own catalogue. */
  tables(): Promise<TableShape[]>;
  /** The rows as lines of JSON in the order of their key, read page by page as they are taken. */
  lines(table: TableShape, columns: readonly string[]): AsyncIterable<string>;
}

/** Takes snapshots of the tenant in scope. */
export interface TenantSnapshots {
  take<T>(work: (snapshot: TenantSnapshot) => Promise<T>): Promise<T>;
  /** Asks the fence as it is now, beside the snapshot, which sees it as it was. Raises what a request of the tenant would be refused with. */
  requireOpen(): Promise<void>;
}
