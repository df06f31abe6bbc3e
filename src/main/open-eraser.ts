import { BullMqTenantStore } from '#adapters/bullmq/bullmq-tenant-store.js';
import { KeyVaultTenantStore } from '#adapters/key-vault/key-vault-tenant-store.js';
import { ObjectTenantStore } from '#adapters/object-store/object-tenant-store.js';
import { PostgresTenantStore } from '#adapters/postgres/postgres-tenant-store.js';
import { RedisTenantStore } from '#adapters/redis/redis-tenant-store.js';
import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { BillingTenantStore } from '#control/lifecycle/erasure/billing-tenant-store.js';
import { TenantEraser } from '#control/lifecycle/erasure/tenant-eraser.js';
import type { ErasedTenant, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { withLogins } from '#control/provisioning/cluster-book.js';
import { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

type ErasingPlatform = Pick<
  Platform,
  'catalog' | 'announce' | 'config' | 'log' | 'jobsPrefix' | 'secrets' | 'objectStore' | 'signing' | 'clusterBook'
>;

/** What an erasure needs beside the platform: logins that may drop databases, and whoever takes the money. */
export interface EraserNeeds {
  readonly clusters: readonly Cluster[];
  readonly billing?: Pick<BillingProvider, 'allCustomers' | 'deleteCustomer'> | undefined;
  readonly clock?: Clock;
}

/** Every place where something of a tenant may lie, in the order in which they are emptied; the catalog comes after them all. */
export function tenantStores(platform: ErasingPlatform, { clusters, billing }: EraserNeeds): TenantStore[] {
  const { config, log, secrets, jobsPrefix, objectStore, catalog, announce, clusterBook } = platform;
  const registry = new TenantRegistry(catalog, announce);
  return [
    new BullMqTenantStore({ url: config.REDIS_URL, prefix: jobsPrefix }),
    new PostgresTenantStore(withOwnServer(clusters, clusterBook), (tenantId, cluster) => registry.databasesOfOthers(tenantId, cluster)),
    new ObjectTenantStore(objectStore),
    new KeyVaultTenantStore(secrets),
    ...(billing ? [new BillingTenantStore(billing)] : []),
    new RedisTenantStore([config.REDIS_URL, config.REDIS_CACHE_URL], log),
  ];
}

/** Nothing is connected to before a tenant is erased. */
export function openEraser(platform: ErasingPlatform, needs: EraserNeeds): TenantEraser {
  return new TenantEraser({
    book: new ErasureBook(platform.catalog, platform.announce),
    tombstones: new Tombstones(platform.catalog),
    stores: tenantStores(platform, needs),
    signer: new AuditSigner(platform.signing),
    clock: needs.clock ?? new Clock(),
  });
}

/** The platform's own servers, and the one that the tenant brought while it is there. */
function withOwnServer(clusters: readonly Cluster[], book: Platform['clusterBook']) {
  return async ({ placement }: ErasedTenant): Promise<readonly Cluster[]> => {
    const isOwn = (await book.all()).some(({ name, kind }) => kind === 'own' && name === placement.cluster);
    return isOwn ? [...clusters, await withLogins(book, 'migratorUrl', 'provisionUrl').named(placement.cluster)] : clusters;
  };
}
