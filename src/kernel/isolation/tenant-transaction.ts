import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import { NoTransactionError, TransactionRolledBackError } from '#kernel/isolation/isolation.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

type Step = () => Promise<void>;

const storage = new AsyncLocalStorage<TenantTransaction>();

/**
 * One transaction of one tenant: what is written in it is kept together or not at all. It is in scope while its work runs, so that whatever
 * the work calls takes part in it.
 */
export class TenantTransaction {
  readonly #beforeCommit: Step[] = [];
  readonly #afterCommit: Step[] = [];
  readonly #afterFailure: Step[] = [];
  /** Things kept for the length of the transaction, by whoever keeps them. */
  readonly #kept = new Map<object, unknown>();
  #doom: { readonly cause: unknown } | undefined;

  constructor(
    readonly tenant: Tenant,
    readonly em: EntityManager,
    private readonly kysely: Kysely<unknown>,
  ) {}

  /** The transaction in scope; raises NoTransactionError, naming what was tried. */
  static require(operation: string): TenantTransaction {
    const transaction = storage.getStore();
    if (!transaction) throw new NoTransactionError(operation);
    return transaction;
  }

  static current(): TenantTransaction | undefined {
    return storage.getStore();
  }

  /** Runs work outside the transaction in scope: what it writes is kept whatever becomes of the transaction. */
  static leave<T>(work: () => T): T {
    return storage.exit(work);
  }

  /** Typed statements of this transaction. They do not see what the entity manager has not flushed. */
  sql<Tables>(): Kysely<Tables> {
    return this.kysely as Kysely<Tables>;
  }

  /** Runs last in the transaction, after the entity manager's flush, in the order of asking; a failure undoes everything. */
  beforeCommit(step: Step): void {
    this.#beforeCommit.push(step);
  }

  /** Runs when everything is kept. A failure takes nothing back and keeps no other step from running; it is told to those who run the platform. */
  afterCommit(step: Step): void {
    this.#afterCommit.push(step);
  }

  /**
   * Runs when nothing is kept, to take back what was done elsewhere; also when it cannot be told whether it was kept, because the
   * connection broke at the commit. It does not run when the process is killed. A failure is treated as that of `afterCommit` is.
   */
  afterFailure(step: Step): void {
    this.#afterFailure.push(step);
  }

  /** One value a key for as long as the transaction lasts; made when it is first asked for. */
  keep<T>(key: object, make: () => T): T {
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key) as T;
  }

  /** A part of it failed, and may have left half of what it writes: nothing is kept, even if the failure is caught. */
  doom(cause: unknown): void {
    this.#doom ??= { cause };
  }

  /** Runs the whole of it, up to the point of commit. Raises TransactionRolledBackError if a part of it failed. For the factory. */
  async run<T>(work: (transaction: TenantTransaction) => Promise<T>): Promise<T> {
    return storage.run(this, async () => {
      const result = await work(this);
      this.#requireWhole();
      await this.em.flush();
      for (let step = this.#beforeCommit.shift(); step; step = this.#beforeCommit.shift()) await step();
      this.#requireWhole();
      return result;
    });
  }

  /** For the factory, after the commit. Never raises. */
  settle(onFailure: (failure: unknown) => void): Promise<void> {
    return runAll(this.#afterCommit, onFailure);
  }

  /** For the factory, after a failure. Never raises. */
  giveUp(onFailure: (failure: unknown) => void): Promise<void> {
    return runAll(this.#afterFailure, onFailure);
  }

  #requireWhole(): void {
    if (this.#doom) throw new TransactionRolledBackError(this.#doom);
  }
}

async function runAll(steps: readonly Step[], onFailure: (failure: unknown) => void): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (failure) {
      onFailure(failure);
    }
  }
}
