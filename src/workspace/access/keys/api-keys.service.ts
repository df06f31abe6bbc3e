import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { Permission } from '#kernel/plugin/permission.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Access } from '../access.js';
import { PermissionCatalogue } from '../permission-catalogue.js';
import { API_KEY_DESK, type ApiKeyDesk, type IssuedKey } from './api-key-desk.js';
import { ApiKeyNotFoundError } from './api-key.errors.js';
import type { ApiKeyPage, ApiKeyView, CreateApiKey, CreatedApiKey } from './api-key.schemas.js';

/** The machine credentials of the tenant in scope. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly contexts: TenantContextFactory,
    @Inject(API_KEY_DESK) private readonly desk: ApiKeyDesk,
    private readonly access: Access,
    private readonly catalogue: PermissionCatalogue,
    private readonly audit: AuditTrail,
  ) {}

  async list(): Promise<ApiKeyPage> {
    const keys = await this.desk.list(TenantScope.require('list keys').id);
    return { data: keys.map(viewOf), nextCursor: null };
  }

  /** Raises PermissionUnknownError, and BeyondOwnRightsError for what the maker does not have. */
  async create({ name, permissions }: CreateApiKey): Promise<CreatedApiKey> {
    return this.contexts.transaction(async ({ tenant }) => {
      const wanted = permissions?.map((wish) => this.catalogue.require(wish)) ?? (await this.#usable());
      await this.access.requireMayGive(wanted);
      const { key, ...issued } = await this.desk.issue(tenant.id, name, {
        permissions: wanted.map((permission) => permission.name),
        createdBy: makerOf(),
      });
      const details = { name, permissions: [...(issued.permissions ?? [])] };
      this.audit.record({ action: 'api-key.created', targets: [{ type: 'machine', id: issued.id }], details });
      return { ...viewOf(issued), key };
    });
  }

  /** Raises ApiKeyNotFoundError. */
  async revoke(id: string): Promise<void> {
    await this.contexts.transaction(async ({ tenant }) => {
      if (!(await this.desk.revoke(tenant.id, id))) throw new ApiKeyNotFoundError(id);
      this.audit.record({ action: 'api-key.revoked', targets: [{ type: 'machine', id }] });
    });
  }

  /** What a machine can use of what the maker has. */
  async #usable(): Promise<Permission[]> {
    const lacking = await this.access.notGivable(this.catalogue.all);
    return this.catalogue.all.filter((permission) => !permission.stepUp && !lacking.includes(permission));
  }
}

/** The member whose rights bound the key: who asks, or who made the machine that asks. */
function makerOf(): string | null {
  const { principal } = WorkOrigin.current();
  return principal?.kind === 'member' ? principal.id : (principal?.createdBy ?? null);
}

function viewOf({ id, name, permissions, createdBy, createdAt, lastUsedAt }: IssuedKey): ApiKeyView {
  return {
    ...{ id, name, createdBy },
    permissions: permissions && [...permissions],
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
