import pg from 'pg';
import { PlanCache } from '#kernel/isolation/plan-cache.js';

/** Gives a place on a server back. */
export type ReleaseSlot = () => void;

/** What a pool hands to each client it makes, beside node-postgres' own options. */
export interface TenantClientConfig extends pg.ClientConfig {
  /** Reserves a place on the server before a connection is opened; raises when there is none. */
  readonly reserveSlot: () => Promise<ReleaseSlot>;
}

/** A connection that takes its place in the server's budget before it is opened and gives it back when it has ended. */
export class TenantClient extends pg.Client {
  readonly plans = new PlanCache();
  readonly #reserveSlot: () => Promise<ReleaseSlot>;

  constructor(config: TenantClientConfig) {
    super(config);
    this.#reserveSlot = config.reserveSlot;
    // Whoever holds it hears of its end by the statement that fails. A server may end it in the same breath in which it accepts it, before
    // the pool has begun to listen, and an 'error' that nobody listens to ends the process.
    this.on('error', () => undefined);
  }

  override connect(): Promise<pg.Client>;
  override connect(callback: (error: Error | null) => void): void;
  override connect(callback?: (error: Error | null) => void): Promise<pg.Client> | void {
    const opening = this.#open();
    if (!callback) return opening;
    opening.then(() => callback(null), callback);
  }

  async #open(): Promise<pg.Client> {
    const release = await this.#reserveSlot();
    this.once('end', release);
    try {
      await super.connect();
      return this;
    } catch (error) {
      this.off('end', release);
      release();
      throw error;
    }
  }
}
