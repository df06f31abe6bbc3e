import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { readMigrationLine } from '#adapters/postgres/migration-line.js';
import { HomeLedger } from '#catalog/fleet/home-ledger.js';
import { MigrationRuns } from '#catalog/fleet/migration-runs.js';
import { FleetDesk } from '#control/fleet/fleet-desk.js';
import { join } from 'node:path';
import type { MikroORM } from '@mikro-orm/postgresql';
import { createPostgreSqlTypeParsers } from '@mikro-orm/sql';
import { Kysely } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import array from 'postgres-array';
import { BullMqTransport, PLATFORM_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import { KeyVaultSecrets } from '#adapters/key-vault/key-vault-secrets.js';
import { OutboxOverseer } from '#adapters/postgres/outbox-overseer.js';
import type { RedisDoorbell } from '#adapters/redis/redis-doorbell.js';
import { isCatalogUp, openCatalog } from '#catalog/catalog-orm.js';
import { CatalogAuditKeys } from '#catalog/audit/catalog-audit-keys.js';
import { CatalogAuditAnchors } from '#catalog/audit/catalog-audit-anchors.js';
import { PlatformAudit } from '#catalog/audit/platform-audit.js';
import { CatalogTenantDirectory } from '#catalog/directory/catalog-tenant-directory.js';
import { WorkBook, type WorkBell } from '#catalog/work/work-book.js';
import type { WorkDelivery } from '#catalog/work/work-row.js';
import type { AuditorDesk } from '#control/auditors/auditor-desk.js';
import type { ClusterBook, KnownCluster } from '#control/provisioning/cluster-book.js';
import type { BillingProvider } from '#control/billing/billing-provider.js';
import { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import { ConnectionRegistry } from '#kernel/isolation/connection-registry.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import { SecretCache } from '#kernel/isolation/secret-cache.js';
import type { SecretSource } from '#kernel/isolation/secret-source.js';
import type { Routing } from '#kernel/isolation/tenant-connection.js';
import { type AfterCommitFailed, TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import type { Lockout } from '#kernel/limits/lockout.js';
import type { RateLimiter } from '#kernel/limits/rate-limiter.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import { JobCatalogue } from '#kernel/jobs/job-catalogue.js';
import type { WorkOverseer } from '#kernel/jobs/work-overseer.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { CachedTenantDirectory } from '#kernel/tenancy/cached-tenant-directory.js';
import { TenantClosings } from '#kernel/tenancy/tenant-closings.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { type AccessParts, openAccess } from '#main/access-parts.js';
import type { ObjectStore, ObjectTraces } from '#workspace/objects/object-store.js';
import type { TenantObjects } from '#workspace/objects/tenant-objects.js';
import { openBilling } from '#main/billing-parts.js';
import { type BillingServices, openBillingServices } from '#main/billing-services.js';
import { readClusters, type ConfiguredCluster } from '#main/clusters.js';
import type { Config } from '#main/config.js';
import { type MemberServices, openMemberServices } from '#main/member-services.js';
import { type NotificationParts, openNotifications } from '#main/notification-parts.js';
import { openAuditorDesk } from '#main/open-auditor-desk.js';
import { openClusterBook } from '#main/open-cluster-book.js';
import { type LifecycleParts, openLifecycle } from '#main/open-lifecycle.js';
import { openTenantOrm } from '#main/orm/tenant.orm.js';
import { openObjects } from '#main/objects.js';
import { readPlans } from '#main/plans.js';
import { plugins as allPlugins } from '#main/plugins.js';
import { projectFolder } from '#main/project-folder.js';
import { queuePlace } from '#main/queue-place.js';
import { openRedisParts } from '#main/redis.js';
import { openSettings, type SettingParts } from '#main/setting-parts.js';
import { isStandInVault } from '#main/stand-in-vault.js';
import { AuditRegister } from '#workspace/audit/audit-register.js';
import type { AuditKeys } from '#workspace/audit/audit-keys.js';
import type { AuditAnchors } from '#workspace/audit/audit-anchors.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';

const CLOSE_WITHIN_MS = 5_000;
/** A snapshot holds back the tidying up of its whole database. */
const SNAPSHOT_WITHIN_MS = 3_600_000;

export type Health = Record<string, { status: 'up' | 'down' | 'degraded' }>;

/** Everything a process needs to serve tenants, wired once. */
export interface Platform extends AccessParts, SettingParts, LifecycleParts {
  readonly config: Config;
  readonly log: Logger;
  readonly clusters: readonly ConfiguredCluster[];
  /** These and those that customers brought. */
  readonly clusterBook: ClusterBook<KnownCluster>;
  readonly plans: PlanCatalogue;
  readonly limiter: RateLimiter;
  readonly lockout: Lockout;
  readonly catalog: MikroORM;
  readonly directory: CachedTenantDirectory;
  readonly secrets: SecretSource;
  readonly keys: CapabilityKeys;
  readonly registry: ConnectionRegistry;
  readonly routing: Routing;
  /** Ends what this process holds for a tenant that is closed. */
  readonly closings: TenantClosings;
  readonly tenantOrm: MikroORM;
  readonly contexts: TenantContextFactory;
  readonly signing: SigningKeys;
  readonly objects: TenantObjects;
  /** Where they lie, of all tenants: for what the platform does to a tenant as a whole. */
  readonly objectStore: ObjectStore & ObjectTraces;
  readonly members: MemberServices;
  readonly notifications: NotificationParts;
  readonly billing: BillingProvider;
  readonly billingServices: BillingServices;
  readonly auditors: AuditorDesk;
  readonly plugins: readonly Plugin[];
  readonly jobs: JobCatalogue;
  /** What the names of the keys of jobs in Redis begin with. */
  readonly jobsPrefix: string;
  readonly doorbell: RedisDoorbell;
  readonly outbox: Outbox;
  readonly audit: AuditTrail;
  readonly auditAnchors: AuditAnchors;
  readonly auditKeys: AuditKeys;
  readonly platformAudit: PlatformAudit;
  readonly overseer: WorkOverseer;
  /** What the platform is to do outside of any tenant. */
  readonly works: WorkBook;
  readonly ringWorks: WorkBell;
  /** The migrations of tenants' tables. */
  readonly homes: HomeMigrations;
  readonly fleet: FleetDesk;
  /** Tells every process that what it knows of a tenant is out of date. */
  readonly announce: (tenantId: string) => Promise<void>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

/** What a platform is made of beside its settings. */
export interface PlatformParts {
  readonly plugins?: readonly Plugin[];
  readonly jobsPrefix?: string;
}

/** Raises ConfigError when the clusters or the plans cannot be used; nothing else is connected to before it is needed. */
export async function openPlatform(config: Config, log: Logger, parts: PlatformParts = {}): Promise<Platform> {
  const { plugins = allPlugins, jobsPrefix = 'tenantry:' } = parts;
  const clusters = await readClusters(config.CLUSTERS, config.NODE_ENV === 'production');
  const plans = new PlanCatalogue(await readPlans(config.PLANS ?? join(projectFolder(), 'provisioning/plans.yaml')));
  const redis = openRedisParts(config, log, jobsPrefix);
  const catalog = openCatalog(config.CATALOG_DATABASE_URL, 4);
  const directory = new CachedTenantDirectory(new CatalogTenantDirectory(catalog), {
    shared: redis.cache,
    channel: redis.channel,
    limits: { ttlMs: config.TENANT_CACHE_TTL_SECONDS * 1_000 },
  });
  const secrets = openSecrets(config);
  const keys = new CapabilityKeys(config.CAPABILITY_KEYS);
  // After the directory, whose answers it asks for.
  const closings = new TenantClosings(directory, redis.channel);
  closings.start();
  const registry = new ConnectionRegistry({
    closings,
    clusters: new Map(clusters.map(({ name, appUrl }) => [name, { url: appUrl }])),
    secrets: new SecretCache(secrets),
    budget: redis.budget,
    types: ormTypes(),
    poolMax: { cluster: config.CONNECTIONS_PER_CLUSTER_POOL, database: config.CONNECTIONS_PER_DATABASE_POOL },
    slots: { concurrent: config.CONNECTIONS_PER_TENANT, waiting: config.WAITING_PER_TENANT },
    connectTimeoutMs: config.CONNECT_TIMEOUT_MS,
    statementMs: config.STATEMENT_DEADLINE_MS,
    transactionMs: config.TRANSACTION_TIMEOUT_MS,
    onAlert: (alert, details) => log.warn({ alert, ...details }, 'a tenant ran a command that outlives its statement'),
  });
  const routing: Routing = {
    registry,
    directory,
    keys,
    deadlineMs: config.STATEMENT_DEADLINE_MS,
    transactionMs: config.TRANSACTION_TIMEOUT_MS,
  };
  const dialect = new TenantDialect(routing);
  const tenantOrm = openTenantOrm(
    plugins.flatMap(({ entities }) => entities),
    dialect,
  );
  const afterCommitFailed: AfterCommitFailed = (tenant, failure) => {
    log.warn(
      { alert: 'after-commit', tenant: tenant.id, reason: failureText(failure) },
      'a transaction is over, and a step after it failed',
    );
  };
  const patient = new TenantDialect({ ...routing, transactionMs: SNAPSHOT_WITHIN_MS });
  const contexts = new TenantContextFactory(tenantOrm, new Kysely({ dialect }), afterCommitFailed, new Kysely({ dialect: patient }));
  const homes = new HomeMigrations(await readMigrationLine(join(import.meta.dirname, '../../migrations/tenant'), tenantOrm));
  const signing = new SigningKeys(config.SIGNING_KEYS);
  const files = await openObjects(config);
  const members = await openMemberServices(config, signing, redis.replays);
  const notifications = openNotifications(config, redis, directory);
  const billing = openBilling(config, members.clock);
  const jobs = new JobCatalogue(plugins.flatMap(({ handlers }) => handlers));
  const actions = new AuditRegister(
    plugins.flatMap(({ auditActions = [] }) => auditActions),
    config.NODE_ENV === 'test',
  );
  const overseer = new OutboxOverseer(clusters, log);
  const settings = await openSettings({
    ...{ config, log, contexts, catalog, plans, directory },
    // Those of the product in every case: what plans and regions say of them is checked.
    plugins: [...new Set([...allPlugins, ...plugins])],
    clock: members.clock,
    channel: redis.settingsChannel,
  });
  const workTransport = new BullMqTransport<WorkDelivery>(PLATFORM_QUEUE, queuePlace(config, jobsPrefix), log);
  const ringWorks: WorkBell = (deliveries) => void workTransport.deliver(deliveries).catch(() => undefined);
  const clusterBook = openClusterBook({ clusters, catalog, secrets, clock: members.clock });
  const audit = new AuditTrail(contexts, actions);
  const [works, platformAudit] = [new WorkBook(catalog, ringWorks), new PlatformAudit(catalog)];
  const announce = (id: string): Promise<void> => directory.announce(id);
  const access = openAccess({ contexts, plans, plugins, catalog, gates: settings.gates, channel: redis.accessChannel, announce });
  const platform: Platform = {
    clusterBook,
    ...openLifecycle({ config, clusterBook, catalog, announce, keys, works, members, doorbell: redis.doorbell, ...access }),
    auditors: openAuditorDesk({ clusterBook, catalog, announce, audit, works, clock: members.clock }),
    ...{
      audit,
      auditAnchors: new CatalogAuditAnchors(catalog),
      auditKeys: new CatalogAuditKeys(catalog),
      platformAudit,
    },
    ...{ plugins, jobs, jobsPrefix, doorbell: redis.doorbell, outbox: new Outbox(jobs, redis.doorbell) },
    overseer,
    ...{ works, ringWorks, homes },
    fleet: new FleetDesk({
      ...{ works, audit: platformAudit, clusters: clusterBook, line: homes.line },
      ...{ ledger: new HomeLedger(catalog), runs: new MigrationRuns(catalog) },
    }),
    ...{ config, log, clusters, catalog, directory, closings, secrets, keys, registry, routing, tenantOrm, contexts },
    ...access,
    ...{ plans, limiter: redis.limiter, lockout: redis.lockout },
    ...{ notifications, billing },
    billingServices: openBillingServices({
      ...{ config, log, catalog, works, audit: platformAudit, announce, provider: billing, plans, signing },
      ...{ address: members.address, clock: members.clock },
    }),
    ...settings,
    ...{ signing, members, objects: files.objects, objectStore: files.store },
    announce,
    health: async () => ({
      catalog: { status: (await isCatalogUp(catalog)) ? 'up' : 'down' },
      redis: redis.health(),
      rateLimits: redis.limiter.health,
      lockout: redis.lockout.health,
      flags: settings.flags.health,
    }),
    close: async () => {
      closings.stop();
      // A server that has gone silent does not answer a farewell either.
      const bounded = (closing: Promise<unknown>): Promise<unknown> => new Deadline(CLOSE_WITHIN_MS).race(closing).catch(() => undefined);
      for (const part of [workTransport, overseer, tenantOrm, registry, catalog, redis]) await bounded(part.close());
      files.close();
      settings.flags.close();
      notifications.mail.close();
      billing.close();
    },
  };
  return platform;
}

function openSecrets(config: Config): SecretSource {
  return new KeyVaultSecrets({
    vaultUrl: config.AZURE_KEY_VAULT_URL,
    tenantId: config.AZURE_TENANT_ID,
    clientId: config.AZURE_CLIENT_ID,
    clientSecret: config.AZURE_CLIENT_SECRET,
    authorityHost: config.AZURE_AUTHORITY_HOST,
    local: isStandInVault(config),
  });
}

/** Values as the ORM expects them from its own driver. */
function ormTypes(): pg.CustomTypesConfig {
  const types = new pg.TypeOverrides();
  for (const [oid, parse] of Object.entries(createPostgreSqlTypeParsers((text) => array.parse(text))))
    types.setTypeParser(Number(oid), parse);
  return types;
}
