import { ClusterFences } from '#adapters/postgres/cluster-fences.js';
import { Fence } from '#adapters/postgres/fence.js';
import { LifecycleBook } from '#catalog/lifecycle/lifecycle-book.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';

type LivingPlatform = Pick<Platform, 'clusters' | 'catalog' | 'announce' | 'keys' | 'works' | 'accessChanges' | 'doorbell' | 'config'>;

/** What changes the lives of tenants, and what is written of it. */
export interface LifecycleParts {
  readonly lifecycle: TenantLifecycle;
  readonly lifecycleBook: LifecycleBook;
}

/** Fences take each cluster's `migratorUrl`: a process without them leaves the fences to the platform's workers. Nothing is connected to before. */
export function openLifecycle(platform: LivingPlatform, clock = new Clock()): LifecycleParts {
  const { clusters, catalog, announce, keys, works, accessChanges, doorbell, config } = platform;
  const fenced = clusters.flatMap(({ name, migratorUrl }) => (migratorUrl === undefined ? [] : [{ name, migratorUrl }]));
  const registry = new TenantRegistry(catalog, announce);
  const book = new LifecycleBook({ catalog, registry, works, clock, plans: LIFECYCLE_PLANS, retentionDays: config.RETENTION_DAYS });
  const fences = fenced.length > 0 ? new ClusterFences(fenced, new Fence(keys)) : null;
  return { lifecycle: new TenantLifecycle({ book, registry, fences, announce, access: accessChanges, doorbell }), lifecycleBook: book };
}
