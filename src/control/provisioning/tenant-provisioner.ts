import { randomUUIDv7 } from 'node:crypto';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
import { CreationNotUndoneError, TenantNotProvisioningError } from '#control/provisioning/provisioning.errors.js';
import type { Placer } from '#control/provisioning/placer.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';

/** What somebody asks for when a tenant is made. */
export interface TenantRequest {
  readonly id?: string;
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
  ) {}

  /**
   * Reserves the name and the place, makes the place, verifies it and opens it. What was begun is undone when a step fails; raises
   * CreationNotUndoneError when that fails too. After a crash the tenant is still being provisioned: `resume` or `undo` it.
   */
  async create(request: TenantRequest): Promise<Tenant> {
    const placement = this.placer.place(request.plan, request.region);
    const reserved = await this.registry.reserve({ ...request, id: request.id ?? randomUUIDv7(), placement });
    try {
      return await this.resume(reserved);
    } catch (error) {
      await this.undo(reserved).catch((failure: unknown) => {
        throw new CreationNotUndoneError(reserved.id, { cause: new AggregateError([error, failure]) });
      });
      throw error;
    }
  }

  /** Goes on with a creation that was interrupted. Raises TenantNotProvisioningError for a tenant that is not being made. */
  async resume(tenant: Tenant): Promise<Tenant> {
    requireProvisioning(tenant);
    await this.isolation.prepare(tenant);
    return this.setStatus(tenant.id, 'active');
  }

  /** Takes back a creation that was interrupted; the name is free after that. Raises TenantNotProvisioningError. */
  async undo(tenant: Tenant): Promise<void> {
    requireProvisioning(await this.registry.get(tenant.id));
    await this.remove(tenant);
  }

  /** The catalog first, so that whoever the fence turns away finds the new status there. */
  async setStatus(id: string, status: TenantStatus): Promise<Tenant> {
    const changed = await this.registry.setStatus(id, status);
    await this.isolation.fence(changed);
    return changed;
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
