import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/core';
import type { Kysely } from 'kysely';
import { NoTransactionError } from '#kernel/isolation/isolation.errors.js';
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
  /** Things kept for the length of the transaction, by whoever keeps them. */
  readonly #kept = new Map<object, unknown>();

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

  /** Runs when everything is kept. A failure is the step's own affair: it must not raise. */
  afterCommit(step: Step): void {
    this.#afterCommit.push(step);
  }

  /** One value a key for as long as the transaction lasts; made when it is first asked for. */
  keep<T>(key: object, make: () => T): T {
    if (!this.#kept.has(key)) this.#kept.set(key, make());
    return this.#kept.get(key) as T;
  }

  /** Runs the whole of it, up to the point of commit. For the factory. */
  async run<T>(work: (transaction: TenantTransaction) => Promise<T>): Promise<T> {
    return storage.run(this, async () => {
      const result = await work(this);
      await this.em.flush();
      for (let step = this.#beforeCommit.shift(); step; step = this.#beforeCommit.shift()) await step();
      return result;
    });
  }

  /** For the factory, after the commit. */
  async settle(): Promise<void> {
    for (const step of this.#afterCommit) await step();
  }
}
