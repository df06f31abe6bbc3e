import { randomUUIDv7 } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
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

const FENCE_AGAIN_AFTER_MS = [100, 500, 2_000];

/** What somebody asks for when a tenant is made. */
export interface TenantRequest {
  readonly slug: string;
  readonly name: string;
  readonly adminEmail: string;
  readonly plan: string;
  readonly region: string;
}

/** Brings a tenant into being, changes its status, and takes it away again; each step leaves catalog and fence agreeing. */
export class TenantProvisioner {
  constructor(
    private readonly registry: TenantRegistry,
    private readonly placer: Placer,
    private readonly isolation: IsolationLayer,
    private readonly found: Founder,
  ) {}

  /**
   * Reserves the name and the place, makes the place, verifies it and opens it. What was begun is undone when a step fails; raises
   * CreationNotUndoneError when that fails too. After a crash the tenant is still being provisioned: `resume` or `undo` it. Once it is
   * active in the catalog nothing is undone: raises TenantNotFencedError or TenantNotFoundedError, and `resume` goes on.
   */
  async create(request: TenantRequest): Promise<Tenant> {
    const placement = this.placer.place(request.plan, request.region);
    const reserved = await this.registry.reserve({ ...request, id: randomUUIDv7(), placement });
    try {
      return await this.resume(reserved);
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
  async resume(tenant: Tenant): Promise<Tenant> {
    if (tenant.status !== 'active') {
      requireProvisioning(tenant);
      await this.isolation.prepare(tenant);
    }
    const opened = await this.#fenced(await this.registry.open(tenant.id));
    try {
      await this.found(opened, await this.registry.factsOf(opened.id));
    } catch (error) {
      throw new TenantNotFoundedError(opened.id, { cause: error });
    }
    return opened;
  }

  /** Takes back a creation that was interrupted; the name is free after that. Raises TenantNotProvisioningError. */
  async undo(tenant: Tenant): Promise<void> {
    requireProvisioning(await this.registry.get(tenant.id));
    await this.remove(tenant);
  }

  /**
   * The catalog first, so that whoever the fence turns away finds the new status there; repeating it after a crash in between seals the
   * fence. Raises TenantStatusRefusedError or TenantNotFencedError.
   */
  async setStatus(id: string, status: TenantStatus): Promise<Tenant> {
    return this.#fenced(await this.registry.setStatus(id, status));
  }

  /** Takes the data away, and the name only after that. */
  async remove(tenant: Tenant): Promise<void> {
    await this.isolation.undo(tenant);
    await this.registry.remove(tenant.id);
  }

  async #fenced(changed: Tenant, pauses: readonly number[] = FENCE_AGAIN_AFTER_MS): Promise<Tenant> {
    try {
      await this.isolation.fence(changed);
      return changed;
    } catch (error) {
      const [pause, ...later] = pauses;
      if (pause === undefined) throw new TenantNotFencedError(changed.id, changed.status, { cause: error });
      await wait(pause);
      return this.#fenced(changed, later);
    }
  }
}

function requireProvisioning({ id, status }: Tenant): void {
  if (status !== 'provisioning') throw new TenantNotProvisioningError(id, status);
}
