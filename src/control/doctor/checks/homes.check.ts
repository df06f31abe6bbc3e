import type { Check, Finding } from '#control/doctor/check.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a home has and should not, in words: a fence of another epoch, migrations that it has not had. */
export interface HomeDrift {
  /** Whom it concerns: of a shared home all who live in it. */
  readonly tenants: readonly [Tenant, ...Tenant[]];
  /** The home that is shared; of a tenant's own, and of a tenant in a shared one alone, null. */
  readonly shared: string | null;
  readonly problem: string;
  /** Whether this build can put it right: it leaves alone what a newer one made, and reaches no database that is away. */
  readonly isMendable: boolean;
}

export interface Homes {
  /** A database that cannot be asked is among them. */
  drift(tenants: readonly Tenant[]): Promise<readonly HomeDrift[]>;
  /**
   * Brings a tenant's home and fence to what they should be; a home that a newer build made has no migration, and no
   * other is brought further than a run over the fleet may go. Raises when that did not succeed.
   */
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
    return drift.map(({ tenants, shared, problem, isMendable }) => ({
      subject: shared === null ? `home of ${tenants[0].slug}` : `shared home ${shared}`,
      problem,
      mend: isMendable ? () => this.#bring(tenants) : null,
      mayBeYoung: false,
    }));
  }

  /** Whose erasure has begun since is not brought back. */
  async #bring(tenants: readonly Tenant[]): Promise<void> {
    const settled = await this.settled();
    const resident = tenants.find(({ id }) => settled.has(id));
    if (resident) await this.homes.bring(resident);
  }
}
