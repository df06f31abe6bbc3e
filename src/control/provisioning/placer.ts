import { randomBytes } from 'node:crypto';
import type { ClusterBook, KnownCluster } from '#control/provisioning/cluster-book.js';
import { ClusterElsewhereError, PlanUnknownError, RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import type { Placement, PlacementKind } from '#kernel/tenancy/placement.js';

/** What can be bought and the isolation it begins with. */
export type Plans = ReadonlyMap<string, { readonly isolation: PlacementKind }>;

/** The schema of the row tier, and the one inside a database of a tenant's own. */
export const SHARED_SCHEMA = 'shared';
export const OWN_DATABASE_SCHEMA = 'app';

/** Databases of tenants' own are copies of this one, which no session but provisioning's ever opens; every server has it. */
export const TEMPLATE_DATABASE = 'tenantry_template';

/** Decides where a new tenant goes. Names are opaque: a slug would be truncated at 63 bytes, could collide, and would list the customers. */
export class Placer {
  constructor(
    private readonly clusters: ClusterBook<KnownCluster>,
    private readonly plans: Plans,
  ) {}

  /**
   * On the cluster that is named, else on the region's own choice; on a server that a customer brought always in a database of its own. Raises
   * PlanUnknownError, RegionUnknownError, ClusterUnknownError or ClusterElsewhereError.
   */
  async place(plan: string, region: string, wish: { readonly cluster?: string | undefined } = {}): Promise<Placement> {
    const bought = this.plans.get(plan);
    if (!bought) throw new PlanUnknownError(plan, [...this.plans.keys()]);
    const cluster = await this.#cluster(region, wish.cluster);
    const database = new URL(cluster.appUrl).pathname.slice(1);
    const name = randomBytes(10).toString('hex');
    const kind = cluster.kind === 'own' ? 'database' : bought.isolation;
    const base = { kind, region, cluster: cluster.name, epoch: 1 };
    const places: Record<PlacementKind, Placement> = {
      row: { ...base, database, schema: SHARED_SCHEMA, secret: null },
      schema: { ...base, database, schema: `t_${name}`, secret: null },
      database: { ...base, database: `tenantry_e_${name}`, schema: OWN_DATABASE_SCHEMA, secret: `tenant-${name}-db-connection` },
    };
    return places[kind];
  }

  async #cluster(region: string, name: string | undefined): Promise<KnownCluster> {
    const cluster = name === undefined ? (await this.clusters.inRegion(region))[0] : await this.clusters.named(name);
    if (!cluster) throw new RegionUnknownError(region);
    if (cluster.region !== region) throw new ClusterElsewhereError(cluster.name, cluster.region);
    return cluster;
  }
}
