import type { CompiledQuery, DatabaseConnection, QueryResult, TransactionSettings } from 'kysely';
import type pg from 'pg';
import type { CapabilityKeys } from '#kernel/isolation/capability-keys.js';
import type { ConnectionRegistry } from '#kernel/isolation/connection-registry.js';
import { asTenantError } from '#kernel/isolation/database-failure.js';
import { Deadline } from '#kernel/isolation/deadline.js';
import type { PreparedStep, Steps } from '#kernel/isolation/flush-query.js';
import { routeOf, type Route } from '#kernel/isolation/isolation-drivers.js';
import {
  SqlState,
  StatementDeadlineError,
  StreamingUnsupportedError,
  TransactionRolledBackError,
  isOutgrown,
  sqlStateOf,
} from '#kernel/isolation/isolation.errors.js';
import type { Lease } from '#kernel/isolation/lease.js';
import { LEAVE, beginAndEnter, enter, stay } from '#kernel/isolation/prologue.js';
import { refuseWhatLocksFirst } from '#kernel/isolation/statement-refusal.js';
import { requireActive } from '#kernel/tenancy/status-gate.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { TenantMovingError, TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WrongTenantInScopeError } from '#kernel/tenancy/tenancy.errors.js';

/** What routing a statement takes. */
export interface Routing {
  readonly registry: ConnectionRegistry;
  readonly directory: TenantDirectory;
  readonly keys: CapabilityKeys;
  /** How long one statement may take in all, in milliseconds, from waiting for a connection to its answer. */
  readonly deadlineMs: number;
  /** How long a transaction may be open, in milliseconds; then its connection is taken away, whatever it set for itself. */
  readonly transactionMs: number;
}

/** A tenant's capability and route: derived once per snapshot, which the directory shares between requests. */
const derived = new WeakMap<Tenant, { capability: string; route: Route }>();

type Attempt = (tenant: Tenant, deadline: Deadline, isAnew: boolean) => Promise<pg.QueryResult>;

type Phase = 'none' | 'wanted' | 'begun' | 'entered' | 'lost';

/**
 * A connection of the tenant in scope. It takes a real one only when a statement is there to be sent, tells the database whose it is in
 * the same flush, and when the fence says that the tenant lives elsewhere by now, asks the directory once and goes there.
 */
export class TenantConnection implements DatabaseConnection {
  readonly #tenantId: string;
  #phase: Phase = 'none';
  #lease: Lease | null = null;
  /** Where the transaction was begun, wherever the tenant lives by now. */
  #home: Route | null = null;
  #limit: NodeJS.Timeout | undefined;

  constructor(private readonly routing: Routing) {
    this.#tenantId = TenantScope.require('open a connection').id;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const scope = TenantScope.require('run a statement');
    if (scope.id !== this.#tenantId) throw new WrongTenantInScopeError(this.#tenantId, scope.id);
    const { sql, parameters } = query;
    refuseWhatLocksFirst(sql);
    const result = await (this.#phase === 'none' ? this.#alone(sql, parameters) : this.#inTransaction(sql, parameters));
    return toQueryResult(result);
  }

  /** Nothing is sent yet: BEGIN rides with the first statement. Settings other than the default cost a round trip of their own. */
  async begin(settings: TransactionSettings): Promise<void> {
    this.#phase = 'wanted';
    if (!settings.isolationLevel && !settings.accessMode) return;
    const words = ['start transaction', settings.isolationLevel && `isolation level ${settings.isolationLevel}`, settings.accessMode];
    await this.#first(words.filter(Boolean).join(' '), [], () => []);
    this.#phase = 'begun';
  }

  /** Raises TransactionRolledBackError, or why the tenant is closed, when nothing was kept. */
  async commit(): Promise<void> {
    // Nothing was sent at all, or what was sent found no connection or lost it.
    if (this.#phase === 'wanted') return;
    if (!this.#lease) throw new TransactionRolledBackError();
    const prologue = this.#home && this.#phase === 'entered' && !this.#lease.hasFailed ? stay(this.#home) : [];
    const { command } = await this.#onLease(this.#lease, 'commit', [], { prologue, epilogue: LEAVE });
    this.#end();
    if (command === 'ROLLBACK') throw new TransactionRolledBackError();
  }

  async rollback(): Promise<void> {
    const lease = this.#lease;
    try {
      if (lease?.usable) await this.#onLease(lease, 'rollback', [], { epilogue: LEAVE });
    } finally {
      this.#end();
    }
  }

  /** Gives back whatever is still held; an unfinished transaction goes with its connection. */
  release(): void {
    this.#end();
  }

  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new StreamingUnsupportedError();
  }

  #alone(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    return this.#atHome(async (tenant, deadline, isAnew) => {
      const { capability, route } = this.#derive(tenant);
      const lease = await this.routing.registry.lease(tenant, route, deadline);
      try {
        const { searchPath } = route;
        return await lease.flush({ prologue: enter(capability, route), text, values, epilogue: LEAVE, searchPath, isAnew }, deadline);
      } finally {
        lease.release();
      }
    });
  }

  async #inTransaction(text: string, values: readonly unknown[]): Promise<pg.QueryResult> {
    if (this.#phase === 'wanted') {
      try {
        return await this.#first(text, values, beginAndEnter);
      } finally {
        // Also after a failure: a transaction that failed is not quietly begun anew by its next statement.
        if ((this.#phase as Phase) !== 'lost') this.#phase = 'entered';
      }
    }
    if (!this.#lease) throw new TransactionRolledBackError();
    if (this.#phase === 'begun') {
      this.#phase = 'entered';
      const { capability, route } = this.#derive(TenantScope.require('run a statement'));
      return this.#onLease(this.#lease, text, values, { prologue: enter(capability, route) });
    }
    return this.#onLease(this.#lease, text, values);
  }

  /** The first flush of a transaction decides where it lives; until it has succeeded, nothing has happened and it may be tried elsewhere. */
  #first(
    text: string,
    values: readonly unknown[],
    prologue: (capability: string, route: Route) => PreparedStep[],
  ): Promise<pg.QueryResult> {
    return this.#atHome(async (tenant, deadline, isAnew) => {
      const { capability, route } = this.#derive(tenant);
      this.#end();
      this.#phase = 'wanted';
      const lease = (this.#lease = await this.routing.registry.lease(tenant, route, deadline));
      this.#home = route;
      this.#limit = setTimeout(() => this.#lose(), this.routing.transactionMs).unref();
      const { searchPath } = route;
      return lease.flush({ prologue: prologue(capability, route), text, values, epilogue: [], searchPath, isAnew }, deadline);
    });
  }

  async #onLease(lease: Lease, text: string, values: readonly unknown[], steps: Partial<Steps> = {}): Promise<pg.QueryResult> {
    try {
      const { searchPath } = this.#derive(TenantScope.require('run a statement')).route;
      return await lease.flush({ prologue: [], epilogue: [], ...steps, text, values, searchPath }, new Deadline(this.routing.deadlineMs));
    } catch (error) {
      const tenant = TenantScope.require('run a statement');
      if (refusedByFence(error) && sqlStateOf(error) !== SqlState.undefinedTable) {
        // It is not gone on with elsewhere; the one who asked is told why, if that can be found out.
        const newest = await this.routing.directory.refresh(tenant.id).catch(() => tenant);
        requireActive(newest);
      }
      throw this.#failure(tenant, error);
    }
  }

  /** Where the tenant lives; nothing has happened yet when a plan that was kept is outgrown, or the fence sends it elsewhere. */
  async #atHome(attempt: Attempt): Promise<pg.QueryResult> {
    const deadline = new Deadline(this.routing.deadlineMs);
    const known = TenantScope.require('run a statement');
    try {
      return await attempt(known, deadline, false).catch((error: unknown) => {
        if (isOutgrown(error)) return attempt(known, deadline, true);
        throw error;
      });
    } catch (error) {
      if (!refusedByFence(error)) throw this.#failure(known, error);
    }
    const newer = requireActive(await this.routing.directory.refresh(known.id));
    TenantScope.renew(newer);
    try {
      return await attempt(newer, deadline, true);
    } catch (error) {
      if (sqlStateOf(error) === SqlState.tenantClosed) throw new TenantMovingError({ cause: error });
      if (sqlStateOf(error) === SqlState.undefinedTable) throw error;
      if (refusedByFence(error)) throw new TenantUnavailableError('the fence refuses this epoch', { cause: error });
      throw this.#failure(newer, error);
    }
  }

  #failure(tenant: Tenant, error: unknown): unknown {
    if (error instanceof StatementDeadlineError) void this.routing.registry.reportLate(tenant, error);
    return asTenantError(error);
  }

  #derive(tenant: Tenant): { capability: string; route: Route } {
    let known = derived.get(tenant);
    if (!known) {
      const { epoch, cluster } = tenant.placement;
      known = { capability: this.routing.keys.present({ tenantId: tenant.id, epoch, cluster }), route: routeOf(tenant.placement) };
      derived.set(tenant, known);
    }
    return known;
  }

  /** Held for too long, perhaps by somebody who forgot it: its place is given back now, and its commit will be refused. */
  #lose(): void {
    this.#lease?.abort();
    this.#end();
    this.#phase = 'lost';
  }

  #end(): void {
    const lease = this.#lease;
    clearTimeout(this.#limit);
    this.#lease = this.#home = null;
    this.#phase = 'none';
    lease?.release();
  }
}

/** Also where there is no such table: a home may be taken away between the fence's answer and the statement. */
function refusedByFence(error: unknown): boolean {
  const state = sqlStateOf(error);
  return state === SqlState.capabilityRefused || state === SqlState.tenantClosed || state === SqlState.undefinedTable;
}

function toQueryResult<R>({ command, rowCount, rows }: pg.QueryResult): QueryResult<R> {
  const counts = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE';
  return counts ? { rows: rows as R[], numAffectedRows: BigInt(rowCount ?? 0) } : { rows: rows as R[] };
}
