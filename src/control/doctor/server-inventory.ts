import type { ClusterEntry } from '#control/doctor/known-places.js';

/** What lies on a server, by the names that only we give. */
export interface ServerThings {
  /** Schemas of one tenant each, in the shared database. */
  readonly schemas: readonly string[];
  /** Databases of one tenant each. */
  readonly databases: readonly string[];
  /** Login roles of one database each; a role is named like its database. */
  readonly roles: readonly string[];
  /** Tenants that have rows in the shared schema, in the tables all homes share, or a fence. */
  readonly residents: readonly string[];
}

/** Looks at servers themselves, past everything we have on record; and takes away what is nobody's. */
export interface ServerInventory {
  things(cluster: ClusterEntry): Promise<ServerThings>;
  dropSchema(cluster: ClusterEntry, schema: string): Promise<void>;
  dropDatabase(cluster: ClusterEntry, database: string): Promise<void>;
  dropRole(cluster: ClusterEntry, role: string): Promise<void>;
  /** Every row and the fence of a tenant in the shared database. */
  evict(cluster: ClusterEntry, tenantId: string): Promise<void>;
}
