import type { OwnCluster } from '#catalog/clusters/own-clusters.js';
import type { Check, Finding } from '#control/doctor/check.js';
import type { OwnServers } from '#control/provisioning/own-servers.js';

/** Finds servers that were brought for tenants that there are not: whoever took them was killed before the tenant was on record. */
export class OwnServersCheck implements Check {
  readonly name = 'own servers';

  constructor(
    private readonly brought: () => Promise<readonly OwnCluster[]>,
    private readonly servers: Pick<OwnServers, 'detach'>,
    private readonly tenants: () => Promise<ReadonlySet<string>>,
  ) {}

  async look(): Promise<readonly Finding[]> {
    // The servers first: a tenant that comes meanwhile is seen.
    const brought = await this.brought();
    const everybody = await this.tenants();
    return brought
      .filter(({ tenantId }) => !everybody.has(tenantId))
      .map(({ name, tenantId }) => ({
        subject: `own server ${name}`,
        problem: 'is kept, with what opens it, for a tenant that there is not',
        mend: () => this.servers.detach(tenantId),
        mayBeYoung: true,
      }));
  }
}
