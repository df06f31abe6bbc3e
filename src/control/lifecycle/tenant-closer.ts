import type { FencedStatus } from '#control/provisioning/fenced-status.js';

/** Closes tenants. */
export class TenantCloser {
  constructor(private readonly statuses: FencedStatus) {}

  /** Makes a tenant a cancelled one; its data is kept. One that is cancelled already stays so. Raises what changing a status raises. */
  async cancel(tenantId: string): Promise<void> {
    await this.statuses.set(tenantId, 'cancelled');
  }
}
