import { TenantCloser } from '#control/lifecycle/tenant-closer.js';
import type { Provisioning } from '#main/provisioning.js';

/** Opens what provisioning takes when it is needed first: most processes never do. */
export class ProvisionedTenantCloser extends TenantCloser {
  #opened: Promise<Provisioning> | undefined;

  constructor(private readonly open: () => Promise<Provisioning>) {
    super();
  }

  async cancel(tenantId: string): Promise<void> {
    const { provisioner } = await (this.#opened ??= this.open());
    await provisioner.setStatus(tenantId, 'cancelled');
  }
}
