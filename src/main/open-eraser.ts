import { BullMqTenantStore } from '#adapters/bullmq/bullmq-tenant-store.js';
import { KeyVaultTenantStore } from '#adapters/key-vault/key-vault-tenant-store.js';
import { ObjectTenantStore } from '#adapters/object-store/object-tenant-store.js';
import { PostgresTenantStore } from '#adapters/postgres/postgres-tenant-store.js';
import { RedisTenantStore } from '#adapters/redis/redis-tenant-store.js';
import { BillingAccounts } from '#catalog/billing/billing-accounts.js';
import { ErasureBook } from '#catalog/lifecycle/erasure-book.js';
import { Tombstones } from '#catalog/lifecycle/tombstones.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { BillingTenantStore } from '#control/lifecycle/erasure/billing-tenant-store.js';
import { TenantEraser } from '#control/lifecycle/erasure/tenant-eraser.js';
import type { TenantStore } from '#control/lifecycle/tenant-store.js';
import type { ClusterBook } from '#control/provisioning/cluster-book.js';
import { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';
import { queuePlace } from '#main/queue-place.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';

type ErasingPlatform = Pick<
  Platform,
  'catalog' | 'announce' | 'config' | 'log' | 'jobsPrefix' | 'secrets' | 'objectStore' | 'signing' | 'billing'
>;

/** What an erasure needs beside the platform: logins that may drop databases. */
export interface EraserNeeds {
  readonly clusterBook: ClusterBook;
  readonly clock?: Clock;
}

/** The PostgreSQL servers, with what the catalog knows of who is where. */
export function openPostgresStore(
  { catalog, announce }: Pick<Platform, 'catalog' | 'announce'>,
  clusterBook: ClusterBook,
): PostgresTenantStore {
  const registry = new TenantRegistry(catalog, announce);
  const book = new ErasureBook(catalog, announce);
  return new PostgresTenantStore(clusterBook, {
    databasesOfOthers: (tenantId, cluster) => registry.databasesOfOthers(tenantId, cluster),
    rolesOf: (tenantId) => book.noted(tenantId, 'role_name'),
  });
}

/** Every place where something of a tenant may lie, in the order in which they are emptied; the catalog comes after them all. */
export function tenantStores(platform: ErasingPlatform, { clusterBook }: EraserNeeds): TenantStore[] {
  const { config, log, secrets, jobsPrefix, objectStore, catalog, announce, billing } = platform;
  const book = new ErasureBook(catalog, announce);
  return [
    new BullMqTenantStore(queuePlace(config, jobsPrefix)),
    openPostgresStore(platform, clusterBook),
    new ObjectTenantStore(objectStore),
    new KeyVaultTenantStore(secrets, (tenantId) => book.noted(tenantId, 'secret')),
    new BillingTenantStore(billing, new BillingAccounts(catalog)),
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
