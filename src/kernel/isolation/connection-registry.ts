import pg from 'pg';
import type { ConnectionBudget } from '#kernel/isolation/connection-budget.js';
import { startupOptions } from '#kernel/isolation/connection-options.js';
import { asLeaseError } from '#kernel/isolation/database-failure.js';
import { DatabasePool, PoolRetiredError } from '#kernel/isolation/database-pool.js';
import type { Deadline } from '#kernel/isolation/deadline.js';
import { routeOf, type Route } from '#kernel/isolation/isolation-drivers.js';
import {
  ServerBudgetExhaustedError,
  SqlState,
  type StatementDeadlineError,
  WrongDatabaseError,
  refusedLogin,
  sqlStateOf,
} from '#kernel/isolation/isolation.errors.js';
import type { Lease } from '#kernel/isolation/lease.js';
import type { SecretCache } from '#kernel/isolation/secret-cache.js';
import type { Secret } from '#kernel/isolation/secret-source.js';
import type { ReleaseSlot } from '#kernel/isolation/tenant-client.js';
import { TenantSlots, type TenantSlotLimits } from '#kernel/isolation/tenant-slots.js';
import type { TenantClosings } from '#kernel/tenancy/tenant-closings.js';
import { TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

const OPEN_DATABASES_AT_MOST = 500;
const BUDGET_RETRY_MS = 20;
const HEALING_RETRY_MS = 100;

export interface ConnectionRegistryOptions {
  /** The login of requests on each cluster, by its name. */
  readonly clusters: ReadonlyMap<string, { readonly url: string }>;
  readonly secrets: SecretCache;
  readonly budget: ConnectionBudget;
  readonly types: pg.CustomTypesConfig;
  /** Connections of this process to one cluster, and to one database of a tenant's own. */
  readonly poolMax: { readonly cluster: number; readonly database: number };
  readonly slots: TenantSlotLimits;
  /** Tells when a tenant is closed whose connections are in use here. */
  readonly closings: Pick<TenantClosings, 'hold'>;
  readonly connectTimeoutMs: number;
  readonly statementMs: number;
  readonly transactionMs: number;
  readonly onAlert: (alert: string, details: Record<string, unknown>) => void;
}

interface OpenPool {
  readonly pool: DatabasePool;
  readonly server: string;
  /** The version of the secret it was opened with; null for a cluster. */
  readonly secret: Secret | null;
}

/** The one place that knows how to reach a tenant's database: leased, bounded per tenant and per server, least recently used first out. */
export class ConnectionRegistry {
  /** In order of use, oldest first. */
  readonly #pools = new Map<string, OpenPool>();
  readonly #slots: TenantSlots;

  constructor(private readonly options: ConnectionRegistryOptions) {
    this.#slots = new TenantSlots(options.slots);
  }

  /** A connection for this tenant. Raises TenantBusyError or TenantUnavailableError. */
  async lease(tenant: Tenant, route: Route, deadline: Deadline): Promise<Lease> {
    await this.#slots.acquire(tenant.id, deadline);
    try {
      const lease = await this.#leaseWithinBudget(tenant, route, deadline);
      const letGo = this.options.closings.hold(tenant, (why) => lease.cut(why));
      lease.onRelease(() => {
        letGo();
        this.#slots.release(tenant.id);
      });
      return lease;
    } catch (error) {
      this.#slots.release(tenant.id);
      throw asLeaseError(error);
    }
  }

  /** Tells the breaker of a database of a tenant's own that it was too slow; a shared one is not blamed for one tenant's statement. */
  async reportLate(tenant: Tenant, error: StatementDeadlineError): Promise<void> {
    const route = routeOf(tenant.placement);
    if ('secret' in route.target) await this.#pools.get(keyOf(route))?.pool.blame(error);
  }

  /** Open pools and their connections by target. */
  stats(): Record<string, { total: number; idle: number; waiting: number }> {
    return Object.fromEntries([...this.#pools].map(([key, { pool }]) => [key, pool.size]));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(({ pool }) => pool.close()));
    this.#pools.clear();
  }

  async #leaseWithinBudget(tenant: Tenant, route: Route, deadline: Deadline): Promise<Lease> {
    for (;;) {
      try {
        return await this.#leaseWithSecret(tenant, route, deadline);
      } catch (error) {
        if (!(error instanceof ServerBudgetExhaustedError)) throw error;
        if (deadline.left < BUDGET_RETRY_MS) throw new TenantUnavailableError('no connection to spare', { cause: error });
        if (!this.#shrinkOldest(error.server)) await new Promise((resolve) => setTimeout(resolve, BUDGET_RETRY_MS));
      }
    }
  }

  async #leaseWithSecret(tenant: Tenant, route: Route, deadline: Deadline): Promise<Lease> {
    const open = this.#known(route) ?? (await deadline.race(this.#open(tenant, route)));
    try {
      return await open.pool.lease(deadline);
    } catch (error) {
      if (error instanceof PoolRetiredError) return this.#leaseWithSecret(tenant, route, deadline);
      if (!open.secret && refusedLogin(error)) return this.#leaseOnceHealed(open, deadline, error);
      if (!open.secret || !mayBeOutdated(error)) throw error;
      const secret = await deadline.race(this.options.secrets.newerThan(open.secret, secretName(route)));
      if (secret.version === open.secret.version) {
        if (refusedLogin(error)) await open.pool.blame(error);
        throw error;
      }
      return (await this.#open(tenant, route)).pool.lease(deadline);
    }
  }

  /** The shared login was refused: a statement may have changed its password a moment ago, and it is being put back. */
  async #leaseOnceHealed({ pool }: OpenPool, deadline: Deadline, refusal: unknown): Promise<Lease> {
    while (deadline.left > HEALING_RETRY_MS) {
      await new Promise((resolve) => setTimeout(resolve, HEALING_RETRY_MS));
      try {
        return await pool.lease(deadline);
      } catch (error) {
        if (!refusedLogin(error)) throw error;
      }
    }
    throw refusal;
  }

  /** The usual case: the pool is there, and was opened with the secret as this process last read it. */
  #known(route: Route): OpenPool | undefined {
    const key = keyOf(route);
    const known = this.#pools.get(key);
    if (!known || ('secret' in route.target && known.secret?.version !== this.options.secrets.peek(route.target.secret)?.version))
      return undefined;
    this.#pools.delete(key);
    this.#pools.set(key, known);
    return known;
  }

  async #open(tenant: Tenant, route: Route): Promise<OpenPool> {
    const secret = 'secret' in route.target ? await this.options.secrets.get(route.target.secret) : null;
    const known = this.#known(route);
    if (known) return known;
    const key = keyOf(route);
    // The old secret's connections are let go as they come back; its waiters are refused and ask again.
    this.#pools.get(key)?.pool.retire();
    const opened = secret ? this.#openDatabase(tenant, secret) : this.#openCluster(tenant.placement.cluster);
    this.#pools.delete(key);
    this.#pools.set(key, opened);
    this.#closeOldest();
    return opened;
  }

  #openCluster(name: string): OpenPool {
    const cluster = this.options.clusters.get(name);
    if (!cluster) throw new TenantUnavailableError(`cluster ${name} is not configured`);
    return this.#openPool(cluster.url, null, this.options.poolMax.cluster, null);
  }

  #openDatabase(tenant: Tenant, secret: Secret): OpenPool {
    return this.#openPool(secret.value, secret, this.options.poolMax.database, tenant.id);
  }

  #openPool(url: string, secret: Secret | null, max: number, owner: string | null): OpenPool {
    const { statementMs, transactionMs, connectTimeoutMs, types, onAlert } = this.options;
    const server = serverOf(url);
    const pool = new DatabasePool({
      connection: { connectionString: url, options: startupOptions({ statementMs, transactionMs }), types, application_name: 'tenantry' },
      owner,
      max,
      connectTimeoutMs,
      reserveSlot: (): Promise<ReleaseSlot> => this.options.budget.reserve(server),
      onAlert: (alert, details) => onAlert(alert, { ...details, server, owner }),
    });
    return { pool, server, secret };
  }

  #closeOldest(): void {
    if (this.#pools.size <= OPEN_DATABASES_AT_MOST) return;
    for (const [key, { pool, secret }] of this.#pools) {
      if (!secret || !pool.idle) continue;
      this.#pools.delete(key);
      void pool.close();
      return;
    }
  }

  #shrinkOldest(server: string): boolean {
    for (const open of this.#pools.values()) if (open.server === server && open.pool.shrink()) return true;
    return false;
  }
}

function keyOf({ target }: Route): string {
  return 'secret' in target ? `secret:${target.secret}` : `cluster:${target.cluster}`;
}

function secretName({ target }: Route): string {
  if (!('secret' in target)) throw new TypeError('a cluster has no secret');
  return target.secret;
}

function serverOf(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port || '5432'}`;
}

/** What a connection string that was replaced meanwhile would answer. */
function mayBeOutdated(error: unknown): error is Error {
  return refusedLogin(error) || error instanceof WrongDatabaseError || sqlStateOf(error) === SqlState.noSuchDatabase;
}
