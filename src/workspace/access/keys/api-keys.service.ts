import { Inject, Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { Permission } from '#kernel/plugin/permission.js';
import { memberBehind } from '#kernel/resolution/principal.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { AuditTrail } from '#workspace/audit/audit-trail.js';
import { Access } from '../access.js';
import { PermissionCatalogue } from '../permission-catalogue.js';
import { API_KEY_DESK, type ApiKeyDesk, type IssuedKey } from './api-key-desk.js';
import { ApiKeyNotFoundError } from './api-key.errors.js';
import type { ApiKeyPage, ApiKeyView, CreateApiKey, CreatedApiKey } from './api-key.schemas.js';

/**
 * The machine credentials of the tenant in scope. They are kept by the platform and what is done to them is put on record with the tenant,
 * which are two databases: a process that is killed between the two leaves a key in the list that was never shown to anybody, or an entry
 * that says revoked of a key that still opens; revoking either once more ends it.
 */
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

  /**
   * When the transaction it is part of is not kept, the key is revoked again. Raises PermissionUnknownError, and BeyondOwnRightsError for
   * what the maker does not have.
   */
  async create({ name, permissions }: CreateApiKey): Promise<CreatedApiKey> {
    return this.contexts.transaction(async (transaction) => {
      const { tenant } = transaction;
      const wanted = permissions?.map((wish) => this.catalogue.require(wish)) ?? (await this.#usable());
      await this.access.requireMayGive(wanted);
      const { key, ...issued } = await this.desk.issue(tenant.id, name, {
        permissions: wanted.map((permission) => permission.name),
        createdBy: memberBehind(WorkOrigin.current().principal),
      });
      transaction.afterFailure(async () => {
        await this.desk.revoke(tenant.id, issued.id);
      });
      const details = { name, permissions: [...(issued.permissions ?? [])] };
      this.audit.record({ action: 'api-key.created', targets: [{ type: 'machine', id: issued.id }], details });
      return { ...viewOf(issued), key };
    });
  }

  /**
   * On record first, and then done: what fails in between may be asked for again, and nothing is revoked that is not on record. Raises
   * ApiKeyNotFoundError.
   */
  async revoke(id: string): Promise<void> {
    const { id: tenantId } = TenantScope.require('revoke a key');
    if (!(await this.desk.has(tenantId, id))) throw new ApiKeyNotFoundError(id);
    await this.audit.recordAlone({ action: 'api-key.revoked', targets: [{ type: 'machine', id }] });
    await this.desk.revoke(tenantId, id);
  }

  /** What a machine can use of what the maker has. */
  async #usable(): Promise<Permission[]> {
    const lacking = await this.access.notGivable(this.catalogue.all);
    return this.catalogue.all.filter((permission) => !permission.stepUp && !lacking.includes(permission));
  }
}

function viewOf({ id, name, permissions, createdBy, createdAt }: IssuedKey): ApiKeyView {
  return {
    ...{ id, name, createdBy },
    permissions: permissions && [...permissions],
    createdAt: createdAt.toISOString(),
  };
}
