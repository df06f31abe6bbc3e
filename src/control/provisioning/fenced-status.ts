import { setTimeout as wait } from 'node:timers/promises';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import { ClusterUnknownError, TenantNotFencedError } from '#control/provisioning/provisioning.errors.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

const AGAIN_AFTER_MS = [100, 500, 2_000];

/** Writes the fence of a tenant: all of an IsolationLayer that a change of status takes. */
export type FenceWriter = Pick<IsolationLayer, 'fence'>;

/** The status of tenants, kept in the catalog and in the fence. */
export class FencedStatus {
  constructor(
    private readonly registry: Pick<TenantRegistry, 'setStatus'>,
    private readonly isolation: FenceWriter,
  ) {}

  /**
   * The catalog first, so that whoever the fence turns away finds the new status there; repeating it after a crash in between seals the
   * fence. Raises TenantStatusRefusedError or TenantNotFencedError.
   */
  async set(id: string, status: TenantStatus): Promise<Tenant> {
    return this.fenced(await this.registry.setStatus(id, status));
  }

  /** Makes the fence follow what the catalog says already; tried again a few times. Raises TenantNotFencedError. */
  async fenced(changed: Tenant, pauses: readonly number[] = AGAIN_AFTER_MS): Promise<Tenant> {
    try {
      await this.isolation.fence(changed);
      return changed;
    } catch (error) {
      const [pause, ...later] = pauses;
      // A server that this process was not told how to reach is not there a moment later either.
      if (pause === undefined || error instanceof ClusterUnknownError)
        throw new TenantNotFencedError(changed.id, changed.status, { cause: error });
      await wait(pause);
      return this.fenced(changed, later);
    }
  }
}
