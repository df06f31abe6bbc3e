import type pg from 'pg';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { Place } from '#control/provisioning/isolation-layer.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Making and unmaking one kind of place, beside the fence; everything may be repeated. */
export interface PlaceDriver {
  make(place: Place, cluster: Cluster, signal?: AbortSignal): Promise<void>;
  /** Writes down in the place whose it is, in a session of the migrator in its database. */
  claim(migrator: pg.ClientBase, tenant: Tenant): Promise<void>;
  /** Raises IsolationNotVerifiedError. */
  verify(tenant: Tenant, cluster: Cluster): Promise<void>;
  /** The place and all that is in it, or of a place of many, what is the tenant's; `tenant` is null when it is nobody's. */
  unmake(place: Place, cluster: Cluster, tenant: Tenant | null): Promise<void>;
  remains(tenant: Tenant, cluster: Cluster): Promise<string[]>;
}
