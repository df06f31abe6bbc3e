import { randomUUIDv7 } from 'node:crypto';
import type { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import type { IsolationLayer } from '#control/provisioning/isolation-layer.js';
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

  /** Reserves the name and the place, makes the place, verifies it and opens it. What was begun is undone when a step fails. */
  async create(request: TenantRequest): Promise<Tenant> {
    const placement = this.placer.place(request.plan, request.region);
    const reserved = await this.registry.reserve({ ...request, id: request.id ?? randomUUIDv7(), placement });
    try {
      await this.isolation.prepare(reserved);
      return await this.setStatus(reserved.id, 'active');
    } catch (error) {
      await this.remove(reserved);
      throw error;
    }
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
