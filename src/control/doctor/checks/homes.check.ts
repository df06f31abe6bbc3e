import type { Check, Finding } from '#control/doctor/check.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** What a home has and should not, in words: a fence of another epoch, migrations that it has not had. */
export interface HomeDrift {
  readonly tenant: Tenant;
  readonly problem: string;
}

export interface Homes {
  /** Raises when a database cannot be asked. */
  drift(tenants: readonly Tenant[]): Promise<readonly HomeDrift[]>;
  /** Brings a tenant's home and fence to what they should be. Raises when that did not succeed. */
  bring(tenant: Tenant): Promise<void>;
}

/** Holds the fence and the schema of every tenant that is not being made against the catalog. */
export class HomesCheck implements Check {
  readonly name = 'homes';

  constructor(
    private readonly homes: Homes,
    private readonly tenants: () => Promise<readonly Tenant[]>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    const made = (await this.tenants()).filter(({ status }) => status !== 'provisioning');
    const drift = await this.homes.drift(made);
    return drift.map(({ tenant, problem }) => ({
      subject: `home of ${tenant.slug}`,
      problem,
      mend: () => this.homes.bring(tenant),
      mayBeYoung: false,
    }));
  }
}
