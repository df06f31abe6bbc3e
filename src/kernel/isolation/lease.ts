import type pg from 'pg';
import { requestCancel } from '#kernel/isolation/cancel-request.js';
import type { Deadline } from '#kernel/isolation/deadline.js';
import { FlushQuery, type PreparedStep } from '#kernel/isolation/flush-query.js';
import type { TenantClient } from '#kernel/isolation/tenant-client.js';

/** One statement with what rides in front of it. */
export interface Flush {
  readonly prologue: readonly PreparedStep[];
  readonly text: string;
  readonly values: readonly unknown[];
  /** The path the statement's plan belongs to. */
  readonly searchPath: string;
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
]);

/** How a connection comes back: `idle` only if it can answer the next one, `suspicious` if it ran what may have left something behind. */
export interface LeaseOutcome {
  readonly idle: boolean;
  readonly suspicious: boolean;
}

/** A pooled connection in the hands of one piece of work. `release` must be called once, whatever happened. */
export class Lease {
  #inFlight = false;
  #broken = false;
  #suspicious = false;
  #afterRelease: () => void = () => undefined;

  constructor(
    readonly client: pg.PoolClient,
    private readonly giveBack: (outcome: LeaseOutcome) => void,
  ) {
    client.on('error', this.#onError);
  }

  /** Sends the flush and gives its result once the server is ready again. Raises what the server answered, or StatementDeadlineError. */
  async flush(flush: Flush, deadline: Deadline): Promise<pg.QueryResult> {
    this.#inFlight = true;
    const result = await deadline.race(this.#send(flush), () => {
      this.#broken = true;
      void requestCancel(this.client);
    });
    this.#inFlight = false;
    return result;
  }

  /** Whether another statement can be sent on it. */
  get usable(): boolean {
    return !this.#broken && !this.#inFlight;
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
    this.client.off('error', this.#onError);
    const idle = this.usable && !this.inTransaction;
    this.giveBack({ idle, suspicious: this.#suspicious });
    this.#afterRelease();
  }

  #send({ prologue, text, values, searchPath }: Flush): Promise<pg.QueryResult> {
    const { name, close } = (this.client as unknown as TenantClient).plans.use(searchPath, text, values);
    const config = { prologue, close, text, values: values as unknown[], ...(name ? { name } : {}) };
    return new Promise((resolve, reject) => {
      const query = new FlushQuery(config, (error, result) => {
        if (!error) {
          if (!LEAVES_NOTHING.has(query.tag.split(' ', 1)[0] ?? '')) this.#suspicious = true;
          resolve(result);
          return;
        }
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
