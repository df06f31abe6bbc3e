import type { Fence } from '#adapters/postgres/fence.js';
import type { InSession } from '#adapters/postgres/kept-sessions.js';
import { atDatabase, withSession } from '#adapters/postgres/session.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook, ClusterEntry } from '#control/provisioning/cluster-book.js';
import type { FenceWriter } from '#control/provisioning/fenced-status.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Reaches the fence of each tenant, as the login that may write it and nothing above it. */
export class ClusterFences implements FenceWriter {
  constructor(
    private readonly clusters: Pick<ClusterBook<ClusterEntry & Pick<Cluster, 'migratorUrl'>>, 'named'>,
    private readonly fences: Fence,
    private readonly inSession: InSession = withSession,
  ) {}

  /** Raises what naming the cluster raises. */
  async fence(tenant: Tenant): Promise<void> {
    const { migratorUrl } = await this.clusters.named(tenant.placement.cluster);
    await this.inSession(atDatabase(migratorUrl, tenant.placement.database), (session) => this.fences.seal(session, tenant));
  }
}
