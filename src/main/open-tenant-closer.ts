import { ClusterFences } from '#adapters/postgres/cluster-fences.js';
import { Fence } from '#adapters/postgres/fence.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { TenantCloser } from '#control/lifecycle/tenant-closer.js';
import { withLogins } from '#control/provisioning/cluster-book.js';
import { FencedStatus } from '#control/provisioning/fenced-status.js';
import type { Platform } from '#main/platform.js';

type ClosingPlatform = Pick<Platform, 'clusterBook' | 'catalog' | 'announce' | 'keys'>;

/** Closing takes the catalog and the fence, hence each cluster's `migratorUrl`; nothing is connected to before a tenant is closed. */
export function openTenantCloser(platform: ClosingPlatform): TenantCloser {
  return new TenantCloser(openFencedStatus(platform));
}

/** The statuses of tenants as a process that serves them can change them: without the logins of provisioning. */
export function openFencedStatus({ clusterBook, catalog, announce, keys }: ClosingPlatform): FencedStatus {
  const fences = new ClusterFences(withLogins(clusterBook, 'migratorUrl'), new Fence(keys));
  return new FencedStatus(new TenantRegistry(catalog, announce), fences);
}
