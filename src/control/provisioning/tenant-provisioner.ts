import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { FencedStatus } from '#control/provisioning/fenced-status.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

/** Changes the status of a tenant, and takes it away; each leaves catalog and fence agreeing. */
export class TenantProvisioner {
  readonly #statuses: FencedStatus;

  constructor(
    private readonly registry: TenantRegistry,
    private readonly isolation: IsolationLayer,
  ) {
    this.#statuses = new FencedStatus(registry, isolation);
  }

  /** As FencedStatus does. */
  setStatus(id: string, status: TenantStatus): Promise<Tenant> {
    return this.#statuses.set(id, status);
  }

  /** Makes the fence follow what the catalog says already. Raises TenantNotFencedError. */
  fenced(tenant: Tenant): Promise<Tenant> {
    return this.#statuses.fenced(tenant);
  }

  /** Takes the data away, and the name only after that. */
  async remove(tenant: Tenant): Promise<void> {
    await this.isolation.undo(tenant);
    await this.registry.remove(tenant.id);
  }
}
