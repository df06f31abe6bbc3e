import type { OwnCluster, OwnClusters } from '#catalog/clusters/own-clusters.js';
import type { ClusterBook, ClusterEntry, KnownCluster } from '#control/provisioning/cluster-book.js';
import { TEMPLATE_DATABASE } from '#control/provisioning/placer.js';
import { ClusterUnknownError } from '#control/provisioning/provisioning.errors.js';
import type { SecretSource } from '#kernel/isolation/secret-source.js';
import type { Clock } from '#kernel/work/clock.js';

const REMEMBERED_MS = 60_000;

/** What opens a customer's server: as it was given, and what runs DDL there. */
export function secretsOf({ secret }: Pick<OwnCluster, 'secret'>): { readonly admin: string; readonly migrator: string } {
  return { admin: `${secret}-admin`, migrator: `${secret}-migrator` };
}

/** Clusters of the file and, by the catalog, those that customers brought; what opens the latter is read from the key vault and remembered for a minute. */
export class CataloguedClusters implements ClusterBook<KnownCluster> {
  readonly #own = new Map<string, { readonly cluster: KnownCluster; readonly until: number }>();

  constructor(
    private readonly shared: readonly KnownCluster[],
    private readonly own: OwnClusters,
    private readonly secrets: SecretSource,
    private readonly clock: Clock,
  ) {}

  async named(name: string): Promise<KnownCluster> {
    return this.shared.find((cluster) => cluster.name === name) ?? this.#remembered(name) ?? (await this.#read(name));
  }

  inRegion(region: string): Promise<readonly KnownCluster[]> {
    return Promise.resolve(this.shared.filter((cluster) => cluster.region === region));
  }

  async all(): Promise<readonly ClusterEntry[]> {
    const shared = this.shared.map(({ name, region, kind }) => ({ name, region, kind }));
    const own = (await this.own.list()).map(({ name, region }) => ({ name, region, kind: 'own' as const }));
    return [...shared, ...own];
  }

  #remembered(name: string): KnownCluster | null {
    const known = this.#own.get(name);
    return known && known.until > this.clock.now().getTime() ? known.cluster : null;
  }

  async #read(name: string): Promise<KnownCluster> {
    this.#own.delete(name);
    const row = await this.own.find(name);
    if (!row) throw new ClusterUnknownError(name);
    const { admin, migrator } = secretsOf(row);
    const [provisionUrl, migratorUrl] = await Promise.all([this.secrets.get(admin), this.secrets.get(migrator)]);
    const cluster = {
      ...{ name, region: row.region, kind: 'own' as const },
      ...{ appUrl: withoutLogin(provisionUrl.value), migratorUrl: migratorUrl.value, provisionUrl: provisionUrl.value },
    };
    this.#own.set(name, { cluster, until: this.clock.now().getTime() + REMEMBERED_MS });
    return cluster;
  }
}

/** The place alone; for what must be in some database of the platform's there is the template. */
function withoutLogin(url: string): string {
  const place = new URL(url);
  place.pathname = `/${TEMPLATE_DATABASE}`;
  place.username = '';
  place.password = '';
  return place.href;
}
