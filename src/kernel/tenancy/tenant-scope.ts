import { AsyncLocalStorage } from 'node:async_hooks';
import { NoTenantInScopeError, WrongTenantInScopeError } from '#kernel/tenancy/tenancy.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

interface Scope {
  tenant: Tenant;
}

const storage = new AsyncLocalStorage<Scope | null>();

/** The one door to "whose work is this". It only ever wraps a callback, so a scope cannot outlive or escape its work. */
export const TenantScope = {
  /** Runs `work` for `tenant`. Inside another tenant's scope it raises WrongTenantInScopeError: leave first, on purpose. */
  run<T>(tenant: Tenant, work: () => T): T {
    const outer = storage.getStore();
    if (outer && outer.tenant.id !== tenant.id) throw new WrongTenantInScopeError(tenant.id, outer.tenant.id);
    return storage.run({ tenant }, work);
  },

  /** Runs `work` for no tenant. */
  leave<T>(work: () => T): T {
    return storage.run(null, work);
  },

  /** The tenant in scope; raises NoTenantInScopeError, naming what was tried. */
  require(operation: string): Tenant {
    const scope = storage.getStore();
    if (!scope) throw new NoTenantInScopeError(operation);
    return scope.tenant;
  },

  /** The tenant in scope, if any. */
  current(): Tenant | undefined {
    return storage.getStore()?.tenant;
  },

  /** Replaces the snapshot in scope by a newer one of the same tenant, so that the rest of the work uses its new placement. */
  renew(newer: Tenant): void {
    const scope = storage.getStore();
    if (!scope) throw new NoTenantInScopeError('renew a tenant');
    if (scope.tenant.id !== newer.id) throw new WrongTenantInScopeError(newer.id, scope.tenant.id);
    scope.tenant = newer;
  },
};
