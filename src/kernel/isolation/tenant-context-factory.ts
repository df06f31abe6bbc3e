import type { EntityManager, MikroORM } from '@mikro-orm/core';
import { type Kysely, sql } from 'kysely';
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

/** Told of a step after a commit that failed; what was committed is kept. */
export type AfterCommitFailed = (tenant: Tenant, failure: unknown) => void;

/** Opens the tenant in scope: the same code for rows, schemas and databases. Raises NoTenantInScopeError outside a scope. */
export class TenantContextFactory {
  constructor(
    private readonly orm: MikroORM,
    private readonly kysely: Kysely<unknown>,
    private readonly onAfterCommitFailed: AfterCommitFailed,
    /** The same with more patience: its transactions may stay open for as long as an export takes. */
    private readonly patient = kysely,
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
   * Everything `work` writes is kept together or not at all. Inside a transaction of the same tenant it takes part in that one: when it
   * fails there, the outer one fails too, with TransactionRolledBackError for whoever caught the failure. Nothing is sent before the first
   * statement, which BEGIN rides with.
   */
  async transaction<T>(work: (transaction: TenantTransaction) => Promise<T>): Promise<T> {
    const tenant = TenantScope.require('begin a transaction');
    const outer = joined(tenant);
    if (outer) return partOf(outer, work);
    const begun: TenantTransaction[] = [];
    const onFailure = (failure: unknown): void => this.onAfterCommitFailed(tenant, failure);
    try {
      const result = await this.#fork(tenant).transactional(async (em) => {
        const transaction = new TenantTransaction(tenant, em, em.getTransactionContext<Kysely<unknown>>() as Kysely<unknown>);
        begun.push(transaction);
        return transaction.run(work);
      });
      await TenantTransaction.leave(() => Promise.all(begun.map((transaction) => transaction.settle(onFailure))));
      return result;
    } catch (error) {
      await TenantTransaction.leave(() => Promise.all(begun.map((transaction) => transaction.giveUp(onFailure))));
      throw error;
    }
  }

  /**
   * Reads everything as it was at one moment, however long that takes: nothing is written in it, and nobody waits for it. It stands apart from
   * the transaction in scope.
   */
  async snapshot<T>(work: (reads: TenantReads<unknown>) => Promise<T>): Promise<T> {
    TenantScope.require('take a snapshot');
    const begun = this.patient.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
    return TenantTransaction.leave(() =>
      begun.execute(async (reads) => {
        // The server's own limits are those of requests; how long this may stay open the connection decides.
        await sql`select set_config('transaction_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`.execute(
          reads,
        );
        return work(reads);
      }),
    );
  }

  #fork(tenant: Tenant): EntityManager {
    const em = this.orm.em.fork();
    em.setFilterParams(TENANT_FILTER, { tenantId: tenant.id });
    return em;
  }
}

async function partOf<T>(outer: TenantTransaction, work: (transaction: TenantTransaction) => Promise<T>): Promise<T> {
  try {
    return await work(outer);
  } catch (error) {
    outer.doom(error);
    throw error;
  }
}

function joined(tenant: Tenant): TenantTransaction | undefined {
  const transaction = TenantTransaction.current();
  if (transaction && transaction.tenant.id !== tenant.id) throw new WrongTenantInScopeError(transaction.tenant.id, tenant.id);
  return transaction;
}
