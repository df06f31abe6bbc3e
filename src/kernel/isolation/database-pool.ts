import { ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import pg from 'pg';
import type { Deadline } from '#kernel/isolation/deadline.js';
import { ServerBudgetExhaustedError, WrongDatabaseError, type StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';
import { Lease, type LeaseOutcome } from '#kernel/isolation/lease.js';
import { PROLOGUE_STATEMENTS } from '#kernel/isolation/prologue.js';
import { TenantClient, type ReleaseSlot } from '#kernel/isolation/tenant-client.js';
import { TenantBusyError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';

const BREAKER_OPENS_AFTER_FAILURES = 3;
const BREAKER_TRIES_AGAIN_AFTER_MS = 2_000;
const RESTORE_WITHIN_MS = 1_000;

/** What a pool needs to know to open connections to one database. */
export interface DatabasePoolOptions {
  readonly connection: pg.ClientConfig;
  /** The tenant the database must say it belongs to; null for a shared one. */
  readonly owner: string | null;
  readonly max: number;
  readonly connectTimeoutMs: number;
  readonly reserveSlot: () => Promise<ReleaseSlot>;
  readonly onAlert: (alert: string, details: Record<string, unknown>) => void;
}

/** The connections of this process to one database, behind a breaker, so that a dead database costs its own tenants a moment and others nothing. */
export class DatabasePool {
  readonly #pool: pg.Pool;
  readonly #breaker: CircuitBreakerPolicy;
  #leased = 0;

  constructor(private readonly options: DatabasePoolOptions) {
    this.#breaker = circuitBreaker(handleWhen(speaksOfTheDatabase), {
      breaker: new ConsecutiveBreaker(BREAKER_OPENS_AFTER_FAILURES),
      halfOpenAfter: BREAKER_TRIES_AGAIN_AFTER_MS,
    });
    this.#pool = new pg.Pool({
      ...options.connection,
      max: options.max,
      connectionTimeoutMillis: options.connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      maxLifetimeSeconds: 3_600,
      keepAlive: true,
      Client: TenantClient,
      reserveSlot: options.reserveSlot,
      onConnect: (client: pg.Client) => this.#prepare(client),
    } as unknown as pg.PoolConfig);
    // An idle connection that dies is dropped by the pool; without a listener it would end the process.
    this.#pool.on('error', () => undefined);
  }

  get idle(): boolean {
    return this.#leased === 0 && this.#pool.waitingCount === 0;
  }

  get size(): { total: number; idle: number; waiting: number } {
    return { total: this.#pool.totalCount, idle: this.#pool.idleCount, waiting: this.#pool.waitingCount };
  }

  /** Raises what kept the connection from being opened; TenantUnavailableError at once while the breaker is open. */
  async lease(deadline: Deadline): Promise<Lease> {
    this.#leased += 1;
    try {
      const client = await this.#breaker.execute(() => this.#connect(deadline));
      return new Lease(client, (outcome) => this.#takeBack(client, outcome));
    } catch (error) {
      this.#leased -= 1;
      if (isBrokenCircuitError(error)) throw new TenantUnavailableError('circuit open');
      if (isQueueTimeout(error)) throw new TenantBusyError();
      throw error;
    }
  }

  /** Counts a statement that was not answered in time against the database, as only its own pool may. */
  async countLate(error: StatementDeadlineError): Promise<void> {
    await this.#breaker.execute(() => Promise.reject(error)).catch(() => undefined);
  }

  /** Closes connections nobody uses; true when there was one. */
  shrink(): boolean {
    if (this.#pool.idleCount === 0) return false;
    const pool = this.#pool as unknown as { _idle: { client: pg.Client }[]; _remove(client: pg.Client): void };
    for (const { client } of [...pool._idle]) pool._remove(client);
    return true;
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  async #connect(deadline: Deadline): Promise<pg.PoolClient> {
    let late = false;
    const connecting = this.#pool.connect();
    connecting.then(
      (client) => late && client.release(),
      () => undefined,
    );
    return deadline.race(connecting, () => (late = true));
  }

  /** On a new connection: whose database is this, and the statements that ride in front of every other. */
  async #prepare(client: pg.Client): Promise<void> {
    const extended = (text: string): Promise<pg.QueryResult> => client.query({ text, queryMode: 'extended' } as pg.QueryConfig);
    const { rows } = await extended('select tenant_id from tenancy.whoami');
    const answered = (rows[0] as { tenant_id: string } | undefined)?.tenant_id ?? null;
    if (answered !== this.options.owner) throw new WrongDatabaseError(this.options.owner, answered);
    for (const { name, text, values } of PROLOGUE_STATEMENTS) await client.query({ name, text, values: [...values] });
    await extended('rollback');
  }

  #takeBack(client: pg.PoolClient, { idle, suspicious }: LeaseOutcome): void {
    this.#leased -= 1;
    if (!suspicious) {
      client.release(!idle);
      return;
    }
    void this.#restoreRole(idle ? client : null).finally(() => client.release(true));
  }

  /**
   * What ran may have been `alter role` on the login role itself, which PostgreSQL always allows. Any session that is still
   * authenticated can put the role back: the one that did it if it is well, else another.
   */
  async #restoreRole(own: pg.PoolClient | null): Promise<void> {
    let other: pg.PoolClient | undefined;
    try {
      const client = own ?? (other = await this.#pool.connect());
      const restore = async (): Promise<void> => {
        for (const text of ['reset all', 'select tenancy.restore_role()']) {
          await client.query({ text, queryMode: 'extended' } as pg.QueryConfig);
        }
      };
      await Promise.race([restore(), new Promise((_, reject) => setTimeout(reject, RESTORE_WITHIN_MS).unref())]);
      this.options.onAlert('isolation.session-command', { restored: true });
    } catch {
      this.options.onAlert('isolation.session-command', { restored: false });
    } finally {
      other?.release(true);
    }
  }
}

/** A full pool or a spent budget says nothing about the database behind it. */
function speaksOfTheDatabase(error: unknown): boolean {
  return !(error instanceof ServerBudgetExhaustedError) && !isQueueTimeout(error);
}

function isQueueTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}
