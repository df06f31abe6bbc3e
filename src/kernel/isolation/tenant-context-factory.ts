import type { EntityManager, MikroORM } from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import { TENANT_FILTER } from '#kernel/isolation/tenant-filter.js';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { WrongTenantInScopeError } from '#kernel/tenancy/tenancy.errors.js';
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

  /** For behaviour and writes: an entity manager of its own, or that of the transaction in scope. */
  open(): TenantContext {
    const tenant = TenantScope.require('open a tenant context');
    const transaction = joined(tenant);
    return { tenant, em: transaction?.em ?? this.#fork(tenant) };
  }

  /** For lists: no entities, no identity map. Each statement is one round trip, inside the transaction in scope if there is one. */
  reads<Tables>(): TenantReads<Tables> {
    const tenant = TenantScope.require('read');
    return (joined(tenant)?.sql<Tables>() ?? this.kysely) as Kysely<Tables>;
  }

  /**
   * Everything `work` writes is kept together or not at all. Inside a transaction of the same tenant it takes part in that one. Nothing is
   * sent before the first statement, which BEGIN rides with.
   */
  async transaction<T>(work: (transaction: TenantTransaction) => Promise<T>): Promise<T> {
    const tenant = TenantScope.require('begin a transaction');
    const outer = joined(tenant);
    if (outer) return work(outer);
    const { result, transaction } = await this.#fork(tenant).transactional(async (em) => {
      const transaction = new TenantTransaction(tenant, em, em.getTransactionContext<Kysely<unknown>>() as Kysely<unknown>);
      return { transaction, result: await transaction.run(work) };
    });
    await TenantTransaction.leave(() => transaction.settle());
    return result;
  }

  #fork(tenant: Tenant): EntityManager {
    const em = this.orm.em.fork();
    em.setFilterParams(TENANT_FILTER, { tenantId: tenant.id });
    return em;
  }
}

function joined(tenant: Tenant): TenantTransaction | undefined {
  const transaction = TenantTransaction.current();
  if (transaction && transaction.tenant.id !== tenant.id) throw new WrongTenantInScopeError(transaction.tenant.id, tenant.id);
  return transaction;
}
