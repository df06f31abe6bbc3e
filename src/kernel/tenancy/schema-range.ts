import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Versions of tenants' tables, by the names of migrations. */
export interface SchemaRange {
  /** The oldest that this build can serve: the newest migration that its code needs. */
  readonly from: string;
  /** The newest that it knows. What comes later it can serve too, unless that says that older builds cannot. */
  readonly to: string;
}

/**
 * What this build serves. An expanding migration raises `to` with the build that brings it; `from` follows with the build whose code uses it, so
 * that in between either build works on either version. A spec holds both against the migrations and the entities.
 */
export const SCHEMA_RANGE: SchemaRange = { from: '0010-usage', to: '0010-usage' };

/** Whether this build can serve the tables of a tenant as they are; of what nothing is known that is left to its database. */
export function canServe({ homeVersion, homeNeeds }: Pick<Tenant, 'homeVersion' | 'homeNeeds'>, { from, to }: SchemaRange): boolean {
  return (homeVersion === null || homeVersion >= from) && (homeNeeds === null || homeNeeds <= to);
}
