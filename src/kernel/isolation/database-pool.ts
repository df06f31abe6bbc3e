import { ConsecutiveBreaker, circuitBreaker, handleWhen, isBrokenCircuitError, type CircuitBreakerPolicy } from 'cockatiel';
import pg from 'pg';
import { Deadline } from '#kernel/isolation/deadline.js';
import { ServerBudgetExhaustedError, SqlState, WrongDatabaseError, refusedLogin, sqlStateOf } from '#kernel/isolation/isolation.errors.js';
import { Lease, type LeaseOutcome } from '#kernel/isolation/lease.js';
import { PROLOGUE_STATEMENTS } from '#kernel/isolation/prologue.js';
import { restoreRole } from '#kernel/isolation/role-restoration.js';
import { TenantClient, type ReleaseSlot } from '#kernel/isolation/tenant-client.js';
import { TenantBusyError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';

const BREAKER_OPENS_AFTER_FAILURES = 3;
const BREAKER_TRIES_AGAIN_AFTER_MS = 2_000;
const ENDED_WHILE_OPENING = new Set([
  'Connection terminated unexpectedly',
  'Client has encountered a connection error and is not queryable',
]);

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
  #givenBack = 0;
  /** Something failed since the breaker last saw a success: only it decides then. */
  #isDoubtful = false;

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
    const givenBack = this.#givenBack;
    try {
      const client = (await this.#idleOne()) ?? (await this.#judged(deadline));
      return new Lease(client, (outcome) => this.#takeBack(client, outcome));
    } catch (error) {
      this.#leased -= 1;
      this.#isDoubtful = true;
      if (isBrokenCircuitError(error)) throw new TenantUnavailableError('circuit open');
      if (!(error instanceof NoneFreeInTimeError)) throw error;
      // Others were served meanwhile, so there is too much work; or nobody was, so the database does not answer.
      throw this.#givenBack > givenBack ? new TenantBusyError() : new TenantUnavailableError('no connection in time');
    }
  }

  /** Counts against the database what only its caller can judge: a statement that was too late, or a login that no newer secret opens. */
  async blame(error: Error): Promise<void> {
    this.#isDoubtful = true;
    await this.#breaker.execute(() => Promise.reject(new BlamedError(error))).catch(() => undefined);
  }

  /** Closes connections nobody uses; true when there was one. */
  shrink(): boolean {
    if (this.#pool.idleCount === 0) return false;
    const pool = this.#pool as unknown as { _idle: { client: pg.Client }[]; _remove(client: pg.Client): void };
    for (const { client } of [...pool._idle]) pool._remove(client);
    return true;
  }

  /** Closes; those who wait are refused with PoolRetiredError at once, because nobody will ever serve them. */
  retire(): void {
    const { _pendingQueue: waiters } = this.#pool as unknown as { _pendingQueue: { callback: (error: Error) => void }[] };
    for (const { callback } of waiters.splice(0)) callback(new PoolRetiredError());
    void this.close();
  }

  async close(): Promise<void> {
    if (!this.#pool.ended && !this.#pool.ending) await this.#pool.end();
  }

  /** The usual case: a connection is there, so there is nothing to wait for and nothing to learn of the database. */
  async #idleOne(): Promise<pg.PoolClient | null> {
    if (this.#isDoubtful || this.#pool.idleCount === 0 || this.#pool.waitingCount > 0) return null;
    return this.#pool.connect().catch(() => null);
  }

  async #judged(deadline: Deadline): Promise<pg.PoolClient> {
    const client = await this.#breaker.execute(() => this.#connect(deadline));
    this.#isDoubtful = false;
    return client;
  }

  async #connect(deadline: Deadline): Promise<pg.PoolClient> {
    const time = { isUp: false };
    // Once more, because nothing was sent on it yet.
    const connecting = this.#pool
      .connect()
      .catch((error: unknown) => (wasEnded(error) ? this.#pool.connect() : Promise.reject(error as Error)));
    connecting.then(
      (client) => time.isUp && client.release(),
      () => undefined,
    );
    try {
      return await deadline.race(connecting, () => (time.isUp = true));
    } catch (error) {
      throw time.isUp || isQueueTimeout(error) ? new NoneFreeInTimeError() : error;
    }
  }

  /** The pool's own limit ends when the login is done: a database that falls silent after it would keep its place for ever. */
  #prepare(client: pg.Client): Promise<void> {
    return new Deadline(this.options.connectTimeoutMs).race(this.#greet(client));
  }

  /** On a new connection: whose database is this, and the statements that ride in front of every other. */
  async #greet(client: pg.Client): Promise<void> {
    const extended = (text: string): Promise<pg.QueryResult> => client.query({ text, queryMode: 'extended' } as pg.QueryConfig);
    const { rows } = await extended('select tenant_id from tenancy.whoami');
    const answered = (rows[0] as { tenant_id: string } | undefined)?.tenant_id ?? null;
    if (answered !== this.options.owner) throw new WrongDatabaseError(this.options.owner, answered);
    for (const { name, text, values } of PROLOGUE_STATEMENTS) await client.query({ name, text, values: [...values] });
    await extended('rollback');
  }

  #takeBack(client: pg.PoolClient, { idle, isBusy, suspicious }: LeaseOutcome): void {
    this.#leased -= 1;
    if (idle) this.#givenBack += 1;
    if (!suspicious) {
      client.release(!idle);
      return;
    }
    void restoreRole(client, isBusy, () => this.#pool.connect()).then((restored) =>
      this.options.onAlert('isolation.session-command', { restored }),
    );
  }
}

/**
 * A full pool or a spent budget says nothing about the database behind it, a refused login may be a secret's rotation, and a server that
 * ends a session lives: were that counted, three sessions ended by an operator would shut a whole region out of a shared database.
 */
function speaksOfTheDatabase(error: unknown): boolean {
  const isAboutUs = [ServerBudgetExhaustedError, NoneFreeInTimeError, PoolRetiredError].some((kind) => error instanceof kind);
  return !isAboutUs && !refusedLogin(error) && !wasEnded(error);
}

/** A session that somebody ended while it was being opened, as node-postgres tells of it at each of its stages. */
function wasEnded(error: unknown): boolean {
  return sqlStateOf(error) === SqlState.adminShutdown || (error instanceof Error && ENDED_WHILE_OPENING.has(error.message));
}

function isQueueTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect';
}

/** Another pool has taken this one's place while somebody waited for it; asking again leads there. */
export class PoolRetiredError extends Error {}

class NoneFreeInTimeError extends Error {}

class BlamedError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}
