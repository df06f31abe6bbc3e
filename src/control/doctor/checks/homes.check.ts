import type { Check, Finding } from '#control/doctor/check.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a home has and should not, in words: a fence of another epoch, migrations that it has not had. */
export interface HomeDrift {
  readonly tenant: Tenant;
  readonly problem: string;
  /** Whether this build can put it right: it leaves alone what a newer one made. */
  readonly isMendable: boolean;
}

export interface Homes {
  /** Raises when a database cannot be asked. */
  drift(tenants: readonly Tenant[]): Promise<readonly HomeDrift[]>;
  /** Brings a tenant's home and fence to what they should be; a home that a newer build made has no migration. Raises when that did not succeed. */
  bring(tenant: Tenant): Promise<void>;
}

/** Holds the fence and the schema of every tenant that is neither being made nor erased against the catalog. */
export class HomesCheck implements Check {
  readonly name = 'homes';

  constructor(
    private readonly homes: Homes,
    private readonly tenants: () => Promise<readonly Tenant[]>,
    private readonly settled: () => Promise<ReadonlySet<string>>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const [everybody, settled] = [await this.tenants(), await this.settled()];
    const drift = await this.homes.drift(everybody.filter(({ id }) => settled.has(id)));
    return drift.map(({ tenant, problem, isMendable }) => ({
      subject: `home of ${tenant.slug}`,
      problem,
      mend: isMendable ? () => this.#bring(tenant) : null,
      mayBeYoung: false,
    }));
  }

  /** Whose erasure has begun since is not brought back. */
  async #bring(tenant: Tenant): Promise<void> {
    if ((await this.settled()).has(tenant.id)) await this.homes.bring(tenant);
  }
}
