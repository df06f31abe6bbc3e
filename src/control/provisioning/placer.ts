import { randomBytes } from 'node:crypto';
import type { Cluster } from '#control/provisioning/cluster.js';
import { PlanUnknownError, RegionUnknownError } from '#control/provisioning/provisioning.errors.js';
import type { Placement, PlacementKind } from '#kernel/tenancy/placement.js';

/** What can be bought and the isolation it begins with. */
export type Plans = ReadonlyMap<string, { readonly isolation: PlacementKind }>;

/** The schema of the row tier, and the one inside a database of a tenant's own. */
export const SHARED_SCHEMA = 'shared';
export const OWN_DATABASE_SCHEMA = 'app';

/** Decides where a new tenant goes. Names are opaque: a slug would be truncated at 63 bytes, could collide, and would list the customers. */
export class Placer {
  constructor(
    private readonly clusters: readonly Cluster[],
    private readonly plans: Plans,
  ) {}

  /** Raises PlanUnknownError or RegionUnknownError. */
  place(plan: string, region: string): Placement {
    const bought = this.plans.get(plan);
    if (!bought) throw new PlanUnknownError(plan, [...this.plans.keys()]);
    const cluster = this.clusters.find((candidate) => candidate.region === region);
    if (!cluster) throw new RegionUnknownError(region);
    const database = new URL(cluster.appUrl).pathname.slice(1);
    const name = randomBytes(10).toString('hex');
    const base = { kind: bought.isolation, region, cluster: cluster.name, epoch: 1 };
    const places: Record<PlacementKind, Placement> = {
      row: { ...base, database, schema: SHARED_SCHEMA, secret: null },
      schema: { ...base, database, schema: `t_${name}`, secret: null },
      database: { ...base, database: `tenantry_e_${name}`, schema: OWN_DATABASE_SCHEMA, secret: `tenant-${name}-db-connection` },
    };
    return places[bought.isolation];
  }
}
