import type { Cluster } from '#control/provisioning/cluster.js';
import { ClusterUnknownError } from '#control/provisioning/provisioning.errors.js';

/** A cluster without how it is reached. */
export type ClusterEntry = Pick<Cluster, 'name' | 'region' | 'kind'>;

/** A cluster as far as this process was told how to reach it. */
export type KnownCluster = Pick<Cluster, 'name' | 'region' | 'kind' | 'appUrl' | 'publicUrl'> & {
  readonly [Login in 'migratorUrl' | 'provisionUrl']?: string | undefined;
};

/** The servers that there are: those of the file of clusters, and those that customers brought. */
export interface ClusterBook<Known extends ClusterEntry = Cluster> {
  /** Raises ClusterUnknownError, and for a customer's server SecretsUnavailableError. */
  named(name: string): Promise<Known>;
  /** Shared ones, the one for new tenants first. */
  inRegion(region: string): Promise<readonly Known[]>;
  /** Every one, without asking for what opens it. */
  all(): Promise<readonly ClusterEntry[]>;
}

/** The same book for work that needs some logins of a server: one that this process was not given is as good as unknown. */
export function withLogins<Login extends 'migratorUrl' | 'provisionUrl'>(
  book: ClusterBook<KnownCluster>,
  ...needed: readonly Login[]
): ClusterBook<KnownCluster & Pick<Cluster, Login>> {
  const has = (cluster: KnownCluster): cluster is KnownCluster & Pick<Cluster, Login> =>
    needed.every((login) => cluster[login] !== undefined);
  return {
    named: async (name) => {
      const cluster = await book.named(name);
      if (!has(cluster)) throw new ClusterUnknownError(name);
      return cluster;
    },
    inRegion: async (region) => (await book.inRegion(region)).filter(has),
    all: () => book.all(),
  };
}
