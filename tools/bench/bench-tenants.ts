import { atDatabase, withSession } from '#adapters/postgres/session.js';
import { clusterNamed, type Cluster } from '#control/provisioning/cluster.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TIERS, type TestPlatform, type Tier } from '#testing/test-platform.js';
import { fillText } from '#tools/bench/ticket-rows.js';

export type Sizes = Readonly<Record<Tier, number>>;

/** Tenants with tickets, by tier; made and reached through the product. */
export class BenchTenants {
  readonly #made: Record<Tier, Tenant[]> = { row: [], schema: [], database: [] };

  constructor(readonly test: TestPlatform) {}

  of(tier: Tier): readonly Tenant[] {
    return this.#made[tier];
  }

  /** Any of a tier, evenly. */
  pick(tier: Tier): Tenant {
    const tenants = this.#made[tier];
    return tenants[Math.floor(Math.random() * tenants.length)] as Tenant;
  }

  /** Makes as many as are missing; databases of tenants' own are spread over the regions, all else is in the first. */
  async grow(sizes: Sizes, rows: 'with rows' | 'empty'): Promise<void> {
    for (const tier of TIERS) {
      const fresh: Tenant[] = [];
      let missing = sizes[tier] - this.#made[tier].length;
      const make = async (): Promise<void> => {
        while (missing > 0) {
          missing -= 1;
          fresh.push(await this.test.tenant(tier, tier === 'database' && missing % 2 === 1 ? 'us-east' : 'eu-west'));
        }
      };
      await Promise.all([make(), make(), make(), make()]);
      if (rows === 'with rows') await this.#fill(fresh);
      this.#made[tier].push(...fresh);
    }
  }

  /** As a superuser, whom no policy binds: how the rows came there is not what is measured. */
  async #fill(tenants: readonly Tenant[]): Promise<void> {
    const homes = Map.groupBy(tenants, ({ placement: { cluster, database, schema } }) => [cluster, database, schema].join('/'));
    for (const residents of homes.values()) {
      const [first] = residents;
      if (!first) continue;
      const { cluster, database, schema } = first.placement;
      await withSession(atDatabase(clusterNamed(cluster, this.clusters).provisionUrl, database), async (superuser) => {
        await superuser.query(fillText(`"${schema}".tickets`), [residents.map(({ id }) => id)]);
        await superuser.query(`vacuum analyze "${schema}".tickets`);
      });
    }
  }

  get clusters(): readonly Cluster[] {
    return this.test.provisioning.clusters;
  }
}
