import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Rows of one table, as lines of JSON; the columns that the lines have. */
export interface LoadedTable {
  readonly name: string;
  readonly columns: readonly string[];
  lines(): AsyncIterable<string>;
}

/** What is to be filled into a home that was just made and that nobody works in yet. */
export interface TenantLoad {
  /** Of the catalogue the rows were taken from; the home must have the same. */
  readonly fingerprint: string;
  readonly tables: readonly LoadedTable[];
}

/** Fills the home of a tenant that is being made. */
export interface TenantLoader {
  /**
   * All rows become the tenant's, with the ids they have, in one transaction: all or nothing. The record keeps its order, its times and what
   * it says, and is sealed anew, because its seal is over whose it is. Gives how many rows each table got. Raises ImportRefusedError.
   */
  load(tenant: Tenant, load: TenantLoad): Promise<Record<string, number>>;
}
