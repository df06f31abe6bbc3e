import { OwnClusters } from '#catalog/clusters/own-clusters.js';
import { CataloguedClusters } from '#control/provisioning/catalogued-clusters.js';
import type { ClusterBook, KnownCluster } from '#control/provisioning/cluster-book.js';
import type { Clock } from '#kernel/work/clock.js';
import type { Platform } from '#main/platform.js';

/** The file's clusters and those of customers, as far as this process may reach them; it connects to nothing before it is asked. */
export function openClusterBook({
  clusters,
  catalog,
  secrets,
  clock,
}: Pick<Platform, 'clusters' | 'catalog' | 'secrets'> & { clock: Clock }): ClusterBook<KnownCluster> {
  const shared = clusters.map((cluster) => ({ ...cluster, kind: 'shared' as const }));
  return new CataloguedClusters(shared, new OwnClusters(catalog), secrets, clock);
}
