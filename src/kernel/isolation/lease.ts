import type { Socket } from 'node:net';
import type pg from 'pg';
import type { AppError } from '#kernel/errors/app-error.js';
import { requestCancel } from '#kernel/isolation/cancel-request.js';
import type { Deadline } from '#kernel/isolation/deadline.js';
import { SessionCommandRefusedError, TransactionRolledBackError, isOutgrown } from '#kernel/isolation/isolation.errors.js';
import { FlushQuery, type Steps } from '#kernel/isolation/flush-query.js';
import type { TenantClient } from '#kernel/isolation/tenant-client.js';
import { TenantMovingError } from '#kernel/tenancy/tenant.errors.js';

/** One statement with what rides around it. */
export interface Flush extends Steps {
  readonly text: string;
  readonly values: readonly unknown[];
  /** The path the statement's plan belongs to. */
  readonly searchPath: string;
  /** Whether it is planned anew, whatever plan is kept of it. */
  readonly isAnew?: boolean;
}

/** Commands that leave nothing on a session; after any other (PREPARE, LISTEN, SET, DECLARE, LOCK …) the connection is not used again. */
const LEAVES_NOTHING = new Set([
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'MERGE',
  'BEGIN',
  'START',
  'COMMIT',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'EXPLAIN',
  'SHOW',
]);

/** Begins a statement that leaves nothing, whatever became of it; a comment in front of it counts as something else. */
const IS_PLAIN = /^\s*(select|insert|update|delete|merge|with|begin|start|commit|rollback|savepoint|release|explain|show)\b/i;

/** How a connection comes back: `idle` only if it can answer the next one, `suspicious` if it ran what may have left something behind. */
export interface LeaseOutcome {
  readonly idle: boolean;
  /** A statement is still being cancelled. */
  readonly isBusy: boolean;
  readonly suspicious: boolean;
}

/** A pooled connection in the hands of one piece of work. `release` must be called once, whatever happened. */
export class Lease {
  #inFlight = false;
  #broken = false;
  #suspicious = false;
  #hasSettings = false;
  #isOver = false;
  #isReturned = false;
  #cut: AppError | undefined;
  #afterRelease: () => void = () => undefined;

  constructor(
    readonly client: pg.PoolClient,
    private readonly giveBack: (outcome: LeaseOutcome) => void,
  ) {
    client.on('error', this.#onError);
  }

  /**
   * Sends the flush and gives its result once the server is ready again. Raises what the server answered, StatementDeadlineError, why the
   * connection was cut, or, in a transaction, SessionCommandRefusedError: it is not gone on with after LOCK, SET and the like, so that a
   * lock on a shared table is let go at once.
   */
  async flush(flush: Flush, deadline: Deadline): Promise<pg.QueryResult> {
    try {
      return await this.#flush(flush, deadline);
    } catch (error) {
      throw this.#cut ?? error;
    }
  }

  /**
   * The tenant was closed: what it has under way here ends now, and nothing of an unfinished transaction is kept. One statement that is its
   * own transaction is left to its answer when the tenant only has a new epoch.
   */
  cut(why: AppError): void {
    if (this.#cut || this.#isReturned || (why instanceof TenantMovingError && !this.inTransaction)) return;
    this.#cut = why;
    this.abort();
  }

  async #flush(flush: Flush, deadline: Deadline): Promise<pg.QueryResult> {
    if (this.#cut) throw this.#cut;
    if (this.#isOver) throw new TransactionRolledBackError();
    this.#inFlight = true;
    const leaves = flush.epilogue.length > 0;
    // Of a flush that leaves and fails, nothing was kept: it was a transaction of its own, or the settings it should have reset are still there.
    if (!leaves) this.#hasSettings = true;
    const result = await deadline.race(this.#send(flush), () => {
      this.#broken = true;
      // The cancel may have come too late: what it was meant for may have been done.
      if (!IS_PLAIN.test(flush.text)) this.#suspicious = true;
      void requestCancel(this.client);
    });
    this.#inFlight = false;
    if (leaves) this.#hasSettings = false;
    if (this.#suspicious && !leaves) {
      // One that had ended its transaction has done its work for good: its connection is needed to take that back.
      if (this.inTransaction) this.abort();
      this.#broken = this.#isOver = true;
      throw new SessionCommandRefusedError(result.command);
    }
    return result;
  }

  /** Lets go of the connection at once, whatever it is doing; the server ends its transaction. */
  abort(): void {
    this.#broken = true;
    void requestCancel(this.client);
    (this.client as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
  }

  /** Whether another statement can be sent on it. */
  get usable(): boolean {
    return !this.#broken && !this.#inFlight;
  }

  /** In a transaction that failed, of which nothing will be kept? Known for certain only between flushes. */
  get hasFailed(): boolean {
    return this.client.getTransactionStatus() === 'E';
  }

  /** In a transaction (also a failed one)? Known for certain only between flushes. */
  get inTransaction(): boolean {
    return this.client.getTransactionStatus() !== 'I';
  }

  /** What else to give back with the connection. */
  onRelease(afterRelease: () => void): void {
    this.#afterRelease = afterRelease;
  }

  /** Gives the connection back with what is known of its state. */
  release(): void {
    this.#isReturned = true;
    this.client.off('error', this.#onError);
    const idle = this.usable && !this.inTransaction && !this.#hasSettings;
    this.giveBack({ idle, isBusy: this.#inFlight, suspicious: this.#suspicious });
    this.#afterRelease();
  }

  #send({ prologue, epilogue, text, values, searchPath, isAnew = false }: Flush): Promise<pg.QueryResult> {
    const { plans } = this.client as unknown as TenantClient;
    const { name, close } = isAnew ? {} : plans.use(searchPath, text, values);
    const config = { prologue, epilogue, close, text, values: values as unknown[], ...(name ? { name } : {}) };
    return new Promise((resolve, reject) => {
      const query = new FlushQuery(config, (error, result) => {
        if (query.tag !== '' && !LEAVES_NOTHING.has(query.tag.split(' ', 1)[0] ?? '')) this.#suspicious = true;
        if (!error) {
          resolve(result);
          return;
        }
        if (isOutgrown(error)) plans.outgrown(searchPath, text);
        this.#whenReady(error, () => reject(error));
      });
      this.client.query(query);
    });
  }

  /** node-postgres reports an error before the server is ready again; until then the transaction status is that of the statement before. */
  #whenReady(error: Error & { severity?: string }, settle: () => void): void {
    if (error.severity !== 'ERROR') {
      this.#broken = true;
      settle();
      return;
    }
    const { connection } = this.client as unknown as { connection: NodeJS.EventEmitter };
    const done = (): void => {
      connection.off('readyForQuery', ready);
      connection.off('end', ended);
      this.#inFlight = false;
      settle();
    };
    const ready = done;
    const ended = (): void => {
      this.#broken = true;
      done();
    };
    connection.once('readyForQuery', ready);
    connection.once('end', ended);
  }

  readonly #onError = (): void => {
    this.#broken = true;
  };
}
