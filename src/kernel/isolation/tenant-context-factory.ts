import type { EntityManager, MikroORM } from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import { TENANT_FILTER } from '#kernel/isolation/tenant-filter.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** Typed reads of a tenant's rows for lists and exports: plain objects at about the price of plain SQL. */
export type TenantReads<Tables> = Kysely<Tables>;

/** One unit of work of one tenant. It refuses to be used in the scope of another. */
export interface TenantContext {
  readonly tenant: Tenant;
  readonly em: EntityManager;
}

/** Opens the tenant in scope: the same code for rows, schemas and databases. Raises NoTenantInScopeError outside a scope. */
export class TenantContextFactory {
  constructor(
    private readonly orm: MikroORM,
    private readonly kysely: Kysely<unknown>,
  ) {}

  /** For behaviour and writes: an entity manager of its own. */
  open(): TenantContext {
    const tenant = TenantScope.require('open a tenant context');
    const em = this.orm.em.fork();
    em.setFilterParams(TENANT_FILTER, { tenantId: tenant.id });
    return { tenant, em };
  }

  /** For lists: no entities, no identity map. Each statement is one round trip. */
  reads<Tables>(): TenantReads<Tables> {
    TenantScope.require('read');
    return this.kysely as Kysely<Tables>;
  }
}
