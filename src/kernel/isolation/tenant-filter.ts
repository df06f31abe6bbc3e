import type { EventArgs, EventSubscriber, FilterDef, FlushEventArgs } from '@mikro-orm/core';
import { CrossTenantWriteError, WrongTenantInScopeError } from '#kernel/tenancy/tenancy.errors.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';

/** The name of the filter, and of its parameter that binds an entity manager to a tenant. */
export const TENANT_FILTER = 'tenant';

interface TenantRow {
  tenantId?: string;
}

/**
 * A convenience on top of the policies, which are the boundary: reads ask for the tenant's rows only, so that a wrong scope shows at once.
 * Raises WrongTenantInScopeError when the entity manager is bound to another tenant, also for what it has in memory.
 */
export const tenantFilter: FilterDef = {
  name: TENANT_FILTER,
  cond: (bound: { tenantId?: string } | undefined) => ({ tenantId: requireScopeOf(bound?.tenantId) }),
  args: false,
  default: true,
};

/** Stamps new rows with the tenant in scope, and refuses to write a row of any other. */
export class TenantStamp implements EventSubscriber {
  beforeFlush({ em }: FlushEventArgs): void {
    const bound = em.getFilterParams<{ tenantId?: string }>(TENANT_FILTER) as { tenantId?: string } | undefined;
    requireScopeOf(bound?.tenantId);
  }

  beforeCreate({ entity, meta }: EventArgs<object>): void {
    stamp(entity, meta.className);
  }

  beforeUpdate({ entity, meta }: EventArgs<object>): void {
    stamp(entity, meta.className);
  }

  beforeDelete({ entity, meta }: EventArgs<object>): void {
    stamp(entity, meta.className);
  }
}

function stamp(row: TenantRow, entity: string): void {
  const { id } = TenantScope.require(`write a ${entity}`);
  row.tenantId ??= id;
  if (row.tenantId !== id) throw new CrossTenantWriteError(entity, row.tenantId, id);
}

function requireScopeOf(bound: string | undefined): string {
  const { id } = TenantScope.require('use an entity manager');
  if (bound !== undefined && bound !== id) throw new WrongTenantInScopeError(bound, id);
  return id;
}
