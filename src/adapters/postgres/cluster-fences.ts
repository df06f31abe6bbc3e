import type { Fence } from '#adapters/postgres/fence.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import type { FenceWriter } from '#control/provisioning/fenced-status.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Reaches the fence of each tenant, as the login that may write it and nothing above it. */
export class ClusterFences implements FenceWriter {
  constructor(
    private readonly clusters: readonly Pick<Cluster, 'name' | 'migratorUrl'>[],
    private readonly fences: Fence,
  ) {}

  /** Raises ClusterUnknownError. */
  async fence(tenant: Tenant): Promise<void> {
    const { migratorUrl } = clusterNamed(tenant.placement.cluster, this.clusters);
    await withSession(atDatabase(migratorUrl, tenant.placement.database), (session) => this.fences.seal(session, tenant));
  }
}
