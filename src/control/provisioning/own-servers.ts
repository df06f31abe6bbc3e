import { createHash, randomBytes } from 'node:crypto';
import type { OwnCluster, OwnClusters } from '#catalog/clusters/own-clusters.js';
import type { Cluster } from '#control/provisioning/cluster.js';
import type { ClusterBook, KnownCluster } from '#control/provisioning/cluster-book.js';
import { secretsOf } from '#control/provisioning/catalogued-clusters.js';
import { ClusterInUseError, ClusterUnknownError, RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import { serverAddress } from '#control/provisioning/server-address.js';
import { SecretNotFoundError, type SecretSource } from '#kernel/isolation/secret-source.js';

const MIGRATOR = 'tenantry_migrator';

/** What is done on a server that a customer brought. */
export interface ServerWork {
  /** Whether the server can be the cluster of this name. Raises OwnServerRefusedError, which says nothing of how it is reached. */
  inspect(address: URL, name: string): Promise<void>;
  /** Lays there what keeps tenants apart; may be repeated. Raises OwnServerRefusedError when it has become another cluster meanwhile. */
  prepare(cluster: Cluster): Promise<unknown>;
  /** Takes away what `prepare` laid, and succeeds when there is nothing of it; the customer's own databases stay as they are. */
  clear(cluster: Cluster): Promise<void>;
}

/** What is wanted: the tenant need not be there yet. */
export interface OwnServerRequest {
  readonly tenantId: string;
  readonly region: string;
  readonly connectionString: string;
}

export interface OwnServersParts {
  readonly clusters: OwnClusters;
  readonly book: ClusterBook;
  /** Where the regions are looked up: a process may know a region and not the logins of its servers. */
  readonly regions: Pick<ClusterBook<KnownCluster>, 'inRegion'>;
  readonly secrets: SecretSource;
  readonly servers: ServerWork;
  /** Whether a server on this machine will do. */
  readonly isLocalAllowed: boolean;
}

/**
 * Servers that customers bring, each for one tenant. How such a server is reached goes from the request into the key vault and nowhere else.
 * Every method may be repeated, also after a crash half way.
 */
export class OwnServers {
  constructor(private readonly parts: OwnServersParts) {}

  /**
   * Keeps the server for the tenant and gives the name of its cluster, for `Placer.place`; leaves nothing when it fails the first time. Raises
   * OwnServerRefusedError, RegionUnknownError or SecretsUnavailableError.
   */
  async attach({ tenantId, region, connectionString }: OwnServerRequest): Promise<{ readonly cluster: string }> {
    const { clusters, regions, secrets, servers, isLocalAllowed } = this.parts;
    const address = serverAddress(connectionString, isLocalAllowed);
    if ((await regions.inRegion(region)).length === 0) throw new RegionUnknownError(region);
    const row = rowOf(tenantId, region);
    await servers.inspect(address, row.name);
    // The row first: whoever crashes after it leaves something that `detach` finds.
    const isNew = await clusters.add(row);
    try {
      await this.#keepMigrator(row, address);
      await secrets.set(secretsOf(row).admin, address.href);
    } catch (error) {
      if (isNew) await this.#forget(row);
      throw error;
    }
    return { cluster: row.name };
  }

  /**
   * Makes it ready for the tenant's database. Raises ClusterUnknownError, OwnServerRefusedError when another tenant was faster, and what the
   * server raises.
   */
  async prepare(tenantId: string): Promise<void> {
    const row = await this.parts.clusters.ofTenant(tenantId);
    if (!row) throw new ClusterUnknownError(`of tenant ${tenantId}`);
    await this.parts.servers.prepare(await this.parts.book.named(row.name));
  }

  /** Undoes both. The tenant's place must be gone before: raises ClusterInUseError, and what the server raises while it is away. */
  async detach(tenantId: string): Promise<void> {
    const { clusters, book, servers } = this.parts;
    const row = await clusters.ofTenant(tenantId);
    if (!row) return;
    if (await clusters.isInUse(row.name)) throw new ClusterInUseError(row.name);
    const cluster = await book.named(row.name).catch((error: unknown) => {
      // Without what opens it nothing was laid there, or it is cleared already.
      if (error instanceof SecretNotFoundError) return null;
      throw error;
    });
    if (cluster) await servers.clear(cluster);
    await this.#forget(row);
  }

  /** Kept once made, so that a repetition does not change the password that the server has. */
  async #keepMigrator(row: OwnCluster, address: URL): Promise<void> {
    const { migrator } = secretsOf(row);
    const kept = await this.parts.secrets.get(migrator).catch((error: unknown) => {
      if (error instanceof SecretNotFoundError) return null;
      throw error;
    });
    const url = new URL(address);
    url.username = MIGRATOR;
    url.password = kept ? new URL(kept.value).password : randomBytes(32).toString('base64url');
    if (kept?.value !== url.href) await this.parts.secrets.set(migrator, url.href);
  }

  async #forget(row: OwnCluster): Promise<void> {
    const { admin, migrator } = secretsOf(row);
    for (const secret of [admin, migrator]) await this.parts.secrets.delete(secret);
    await this.parts.clusters.remove(row);
  }
}

/** The same names for the same tenant, so that a repetition finds what there is; they tell nothing of it. */
function rowOf(tenantId: string, region: string): OwnCluster {
  const opaque = createHash('sha256').update(`own server of ${tenantId}`).digest('hex').slice(0, 20);
  return { name: `own-${opaque}`, region, tenantId, secret: `cluster-${opaque}` };
}
