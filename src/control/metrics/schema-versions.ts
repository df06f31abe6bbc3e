import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Says which migration the tables of a tenant are at. */
export abstract class SchemaVersions {
  /** Null when it cannot be asked now, or has had none. Never raises. */
  abstract of(tenant: Tenant): Promise<string | null>;
}
