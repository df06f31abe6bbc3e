import { setTimeout as wait } from 'node:timers/promises';
import { randomUUIDv7 } from 'node:crypto';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { FencedStatus } from '#control/provisioning/fenced-status.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import type { Founder } from '#control/provisioning/founder.js';
import {
  CreationNotUndoneError,
  TenantNotFencedError,
  TenantNotFoundedError,
  TenantNotProvisioningError,
} from '#control/provisioning/provisioning.errors.js';
import type { Placer } from '#control/provisioning/placer.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

const FOUND_AGAIN_AFTER_MS = [200, 1_000, 3_000];

/** What somebody asks for when a tenant is made. */
export interface TenantRequest {
  readonly slug: string;
  readonly name: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
  /** The cluster, when it is not for the region to choose. */
  readonly cluster?: string | undefined;
}

/** Puts something into a place that was made, before the tenant is opened. */
export type Filling = (tenant: Tenant) => Promise<void>;

/** Brings a tenant into being, changes its status, and takes it away again; each step leaves catalog and fence agreeing. */
export class TenantProvisioner {
  readonly #statuses: FencedStatus;

  constructor(
    private readonly registry: TenantRegistry,
    private readonly placer: Placer,
    private readonly isolation: IsolationLayer,
    private readonly found: Founder,
  ) {
    this.#statuses = new FencedStatus(registry, isolation);
  }

  /**
   * Reserves the name and the place, makes the place, verifies it and opens it. What was begun is undone when a step fails; raises
   * CreationNotUndoneError when that fails too. After a crash the tenant is still being provisioned: `resume` or `undo` it. Once it is
   * active in the catalog nothing is undone: raises TenantNotFencedError or TenantNotFoundedError, and `resume` goes on. `fill` is a step like
   * the others, the last before it is opened.
   */
  async create(request: TenantRequest, fill?: Filling): Promise<Tenant> {
    const { cluster, ...order } = request;
    const placement = await this.placer.place(order.plan, order.region, { cluster });
    const reserved = await this.registry.reserve({ ...order, id: randomUUIDv7(), placement });
    try {
      return await this.resume(reserved, fill);
    } catch (error) {
      if (error instanceof TenantNotFencedError || error instanceof TenantNotFoundedError) throw error;
      await this.undo(reserved).catch((failure: unknown) => {
        // The catalog made it active and its answer was lost.
        if (failure instanceof TenantNotProvisioningError) throw new TenantNotFencedError(reserved.id, failure.status, { cause: error });
        throw new CreationNotUndoneError(reserved.id, { cause: new AggregateError([error, failure]) });
      });
      throw error;
    }
  }

  /**
   * Goes on with a creation that was interrupted; of an active tenant, only the fence is sealed again and what is missing of its first
   * owner is made. Raises TenantNotFencedError, TenantNotFoundedError, and TenantNotProvisioningError for a tenant that is neither.
   */
  async resume(tenant: Tenant, fill?: Filling): Promise<Tenant> {
    if (tenant.status !== 'active') {
      requireProvisioning(tenant);
      await this.isolation.prepare(tenant);
      await fill?.(tenant);
    }
    const opened = await this.#statuses.fenced(await this.registry.open(tenant.id));
    await this.#foundPatiently(opened);
    return opened;
  }

  /** A database that was just made may be busy; what was half done is done to its end, and what was done is not done again. */
  async #foundPatiently(tenant: Tenant): Promise<void> {
    const facts = await this.registry.factsOf(tenant.id);
    for (const again of [...FOUND_AGAIN_AFTER_MS, null]) {
      try {
        await this.found(tenant, facts);
        return;
      } catch (error) {
        if (again === null) throw new TenantNotFoundedError(tenant.id, { cause: error });
      }
      await wait(again);
    }
  }

  /** Takes back a creation that was interrupted; the name is free after that. Raises TenantNotProvisioningError. */
  async undo(tenant: Tenant): Promise<void> {
    requireProvisioning(await this.registry.get(tenant.id));
    await this.remove(tenant);
  }

  /** As FencedStatus does. */
  setStatus(id: string, status: TenantStatus): Promise<Tenant> {
    return this.#statuses.set(id, status);
  }

  /** Takes the data away, and the name only after that. */
  async remove(tenant: Tenant): Promise<void> {
    await this.isolation.undo(tenant);
    await this.registry.remove(tenant.id);
  }
}

function requireProvisioning({ id, status }: Tenant): void {
  if (status !== 'provisioning') throw new TenantNotProvisioningError(id, status);
}
