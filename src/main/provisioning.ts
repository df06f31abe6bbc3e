import { join } from 'node:path';
import { AuditRetention } from '#adapters/postgres/audit-retention.js';
import { ClusterBootstrap } from '#adapters/postgres/cluster-bootstrap.js';
import { CatalogBootstrap } from '#adapters/postgres/catalog-bootstrap.js';
import { DatabaseKeeper } from '#adapters/postgres/database-keeper.js';
import { DatabaseMaker } from '#adapters/postgres/database-maker.js';
import { Fence } from '#adapters/postgres/fence.js';
import { Foundation } from '#adapters/postgres/foundation.js';
import { HomeMigrations } from '#adapters/postgres/homes/home-migrations.js';
import { KeptSessions } from '#adapters/postgres/kept-sessions.js';
import { readMigrationLine } from '#adapters/postgres/migration-line.js';
import { PostgresFoundations } from '#adapters/postgres/truth/postgres-foundations.js';
import { PostgresHomeMigrator } from '#adapters/postgres/homes/postgres-home-migrator.js';
import { type PlaceDrivers, PostgresIsolationLayer } from '#adapters/postgres/postgres-isolation-layer.js';
import { PostgresHomeTruth } from '#adapters/postgres/truth/postgres-home-truth.js';
import { PostgresPlaceMaker } from '#adapters/postgres/postgres-place-maker.js';
import { ReferenceHome } from '#adapters/postgres/truth/reference-home.js';
import { RowPlaces } from '#adapters/postgres/row-places.js';
import { SchemaPlaces } from '#adapters/postgres/schema-places.js';
import { HomeLedger } from '#catalog/fleet/home-ledger.js';
import { ApiKeys } from '#catalog/credentials/api-keys.js';
import { Domains } from '#catalog/domains/domains.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { FleetVerifier } from '#control/fleet/fleet-verifier.js';
import type { Foundations } from '#control/fleet/foundations.js';
import type { HomeMigrator } from '#control/fleet/home-migrator.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import { withLogins, type ClusterBook } from '#control/provisioning/cluster-book.js';
import type { OwnServers } from '#control/provisioning/own-servers.js';
import type { Founder } from '#control/provisioning/founder.js';
import type { IsolationLayer, PlaceMaker } from '#control/provisioning/isolation-layer.js';
import { Placer } from '#control/provisioning/placer.js';
import { TenantProvisioner } from '#control/provisioning/tenant-provisioner.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { ConfigError } from '#main/config.js';
import { AuditSigner } from '#workspace/audit/audit-signer.js';
import { projectFolder } from '#main/project-folder.js';
import { openOwnServers } from '#main/open-own-servers.js';
import type { Platform } from '#main/platform.js';
import { LinkDesk } from '#workspace/members/links/link-desk.js';
import { TenantFounder } from '#workspace/members/tenant-founder.js';

/** What operators do to tenants; it holds logins that requests never have. */
export interface Provisioning {
  /** Those of the file. */
  readonly clusters: readonly Cluster[];
  /** These and those that customers brought. */
  readonly clusterBook: ClusterBook;
  readonly tenants: TenantRegistry;
  readonly apiKeys: ApiKeys;
  readonly domains: Domains;
  readonly provisioner: TenantProvisioner;
  readonly isolation: IsolationLayer;
  readonly places: PlaceMaker;
  readonly placer: Placer;
  readonly found: Founder;
  readonly databases: DatabaseMaker;
  readonly homes: HomeMigrations;
  readonly fences: Fence;
  readonly keeper: DatabaseKeeper;
  readonly ledger: HomeLedger;
  readonly migrator: HomeMigrator;
  readonly foundations: Foundations;
  readonly verifier: FleetVerifier;
  readonly clusterBootstrap: ClusterBootstrap;
  readonly catalogBootstrap: CatalogBootstrap;
  readonly auditRetention: AuditRetention;
  readonly ownServers: OwnServers;
}

/** Raises ConfigError when a login for provisioning is not configured. */
export async function openProvisioning(platform: Platform): Promise<Provisioning> {
  const folder = projectFolder();
  const clusters = platform.clusters.map(withProvisioning);
  const clusterBook = withLogins(platform.clusterBook, 'migratorUrl', 'provisionUrl');
  const { homes, foundation, clusterBootstrap } = openFoundations(platform);
  const ledger = new HomeLedger(platform.catalog);
  const truth = new PostgresHomeTruth(clusterBook, new ReferenceHome(clusterBook, homes.line));
  const foundations = new PostgresFoundations(clusterBook, foundation);
  const catalogLine = await readMigrationLine(join(import.meta.dirname, '../../migrations/catalog'), platform.catalog);
  const fences = new Fence(platform.keys);
  const databases = new DatabaseMaker(platform.secrets, homes);
  const tenants = new TenantRegistry(platform.catalog, platform.announce);
  const sessions = new KeptSessions();
  const drivers: PlaceDrivers = {
    row: new RowPlaces(fences, sessions),
    schema: new SchemaPlaces(fences, homes, sessions),
    database: databases,
  };
  const isolation = new PostgresIsolationLayer({ clusters: clusterBook, fences, drivers, sessions, homes, ledger });
  const founder = new TenantFounder(platform.contexts, new LinkDesk(platform.members.clock), platform.outbox, platform.audit);
  const found: Founder = (tenant, { name, ...admin }) => TenantScope.run(tenant, () => founder.found({ companyName: name, ...admin }));
  return {
    ...{ clusters, clusterBook },
    tenants,
    apiKeys: new ApiKeys(platform.catalog, platform.announce),
    domains: new Domains(platform.catalog, platform.announce),
    provisioner: new TenantProvisioner(tenants, isolation),
    ...{ isolation, found, places: new PostgresPlaceMaker(clusterBook, drivers, homes.newest) },
    placer: new Placer(clusterBook, platform.plans.terms),
    databases,
    ...{ homes, fences },
    ...{ ledger, foundations, verifier: new FleetVerifier(truth, foundations) },
    keeper: new DatabaseKeeper({ clusters: clusterBook, homes, fences, foundation, ledger }),
    migrator: new PostgresHomeMigrator({ clusters: clusterBook, homes, foundation, truth }),
    clusterBootstrap,
    ownServers: openOwnServers(platform, clusterBootstrap),
    auditRetention: new AuditRetention(clusterBook, platform.keys, new AuditSigner(platform.signing)),
    catalogBootstrap: new CatalogBootstrap(catalogLine, join(folder, 'provisioning')),
  };
}

/** What is laid on every server and in every database of tenants. */
export function openFoundations({ homes }: Pick<Platform, 'homes'>): {
  homes: HomeMigrations;
  foundation: Foundation;
  clusterBootstrap: ClusterBootstrap;
} {
  const folder = join(projectFolder(), 'provisioning');
  const foundation = new Foundation(join(folder, 'tenancy.sql'));
  return { homes, foundation, clusterBootstrap: new ClusterBootstrap(homes, foundation, folder) };
}

function withProvisioning({ name, region, appUrl, migratorUrl, provisionUrl, publicUrl }: Platform['clusters'][number]): Cluster {
  if (!migratorUrl || !provisionUrl)
    throw new ConfigError([`CLUSTERS: cluster ${name} has no migratorUrl and provisionUrl, which provisioning needs`]);
  return { name, region, kind: 'shared', appUrl, migratorUrl, provisionUrl, publicUrl };
}
