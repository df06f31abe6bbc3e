import { ClusterFences } from '#adapters/postgres/cluster-fences.js';
import { Fence } from '#adapters/postgres/fence.js';
import { LifecycleBook } from '#catalog/lifecycle/lifecycle-book.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { LIFECYCLE_PLANS } from '#control/lifecycle/lifecycle-plans.js';
import { TenantLifecycle } from '#control/lifecycle/tenant-lifecycle.js';
import { withLogins } from '#control/provisioning/cluster-book.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';

type LivingPlatform = Pick<
  Platform,
  'clusterBook' | 'catalog' | 'announce' | 'keys' | 'works' | 'accessChanges' | 'doorbell' | 'config' | 'members'
>;

/** What changes the lives of tenants, and what is written of it. */
export interface LifecycleParts {
  readonly lifecycle: TenantLifecycle;
  readonly lifecycleBook: LifecycleBook;
}

/** Fences take each cluster's `migratorUrl`: a process that was not given it leaves them to the platform's workers. Nothing is connected to before. */
export function openLifecycle(platform: LivingPlatform, { clock }: { readonly clock: Clock } = platform.members): LifecycleParts {
  const { clusterBook, catalog, announce, keys, works, accessChanges: access, doorbell, config } = platform;
  const registry = new TenantRegistry(catalog, announce);
  const book = new LifecycleBook({ catalog, registry, works, clock, plans: LIFECYCLE_PLANS, retentionDays: config.RETENTION_DAYS });
  const fences = new ClusterFences(withLogins(clusterBook, 'migratorUrl'), new Fence(keys));
  return { lifecycle: new TenantLifecycle({ book, registry, fences, announce, access, doorbell }), lifecycleBook: book };
}
