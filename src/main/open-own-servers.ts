import type { ClusterBootstrap } from '#adapters/postgres/cluster-bootstrap.js';
import { OwnServerWork } from '#adapters/postgres/own-server-work.js';
import { OwnClusters } from '#catalog/clusters/own-clusters.js';
import { withLogins } from '#control/provisioning/cluster-book.js';
import { OwnServers } from '#control/provisioning/own-servers.js';
import type { Platform } from '#main/platform.js';

type BringingPlatform = Pick<Platform, 'catalog' | 'clusterBook' | 'secrets' | 'config'>;

/** Servers of customers can be taken by every process: it needs no login on any server of ours, only the bootstrap (openFoundations). */
export function openOwnServers({ catalog, clusterBook, secrets, config }: BringingPlatform, bootstrap: ClusterBootstrap): OwnServers {
  return new OwnServers({
    clusters: new OwnClusters(catalog),
    regions: clusterBook,
    book: withLogins(clusterBook, 'migratorUrl', 'provisionUrl'),
    secrets,
    servers: new OwnServerWork(bootstrap),
    isLocalAllowed: config.NODE_ENV !== 'production',
  });
}
