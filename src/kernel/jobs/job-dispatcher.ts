import { sql } from 'kysely';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { JobTransport } from '#kernel/jobs/job-transport.js';
import type { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import type { TenantDirectory } from '#kernel/tenancy/tenant-directory.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';

/** How many tries a tenant of weight 1 has under way at once; others as many times as their weight. */
export const WINDOW_BASE = 2;
const TIMERS_AT_MOST = 10_000;

export interface JobDispatcherParts {
  readonly directory: TenantDirectory;
  readonly contexts: TenantContextFactory;
  readonly plans: PlanCatalogue;
  readonly transport: JobTransport;
  readonly log: JobLog;
  /** The kinds of job that are known here; those of another release are left to its workers. */
  readonly kinds: readonly string[];
  /** After how long a try that was given out and not begun is given out again, in milliseconds. */
  readonly againAfterMs: number;
}

interface Given {
  readonly id: string;
  readonly attempt: number;
}

/**
 * Gives out a tenant's work to the transport, never more at once than its plan's weight allows. Because what is under way is bounded in
 * proportion to the weights and the transport is first in, first out, the workers' time is shared in that proportion too.
 */
export class JobDispatcher {
  /** Tenants whose work is being given out by this process, and whether they were rung for meanwhile. */
  readonly #underWay = new Map<string, { again: boolean; readonly done: Promise<void> }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor(private readonly parts: JobDispatcherParts) {}

  /** Never raises: what could not be given out now is found by the next sweep. Two calls for one tenant become one more look. */
  dispatch(tenantId: string): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    const underWay = this.#underWay.get(tenantId);
    if (underWay) {
      underWay.again = true;
      return underWay.done;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const begun = { again: false, done: promise };
    this.#underWay.set(tenantId, begun);
    void TenantScope.leave(() => this.#untilQuiet(tenantId, begun)).finally(() => resolve(undefined));
    return promise;
  }

  /** The same after a while, if this process is still there. */
  dispatchIn(tenantId: string, milliseconds: number): void {
    if (this.#isStopped || this.#timers.size >= TIMERS_AT_MOST) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.dispatch(tenantId);
    }, milliseconds);
    this.#timers.add(timer.unref());
  }

  /** Gives out nothing more, and waits for what is being given out. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#underWay.values()].map(({ done }) => done));
  }

  async #untilQuiet(tenantId: string, begun: { again: boolean }): Promise<void> {
    begun.again = true;
    while (begun.again) {
      begun.again = false;
      try {
        await this.#once(tenantId);
      } catch (error) {
        this.parts.log.warn({ tenant: tenantId, reason: failureText(error) }, 'the work of a tenant could not be given out');
      }
    }
    this.#underWay.delete(tenantId);
  }

  async #once(tenantId: string): Promise<void> {
    const { directory, contexts, plans, transport, kinds, againAfterMs } = this.parts;
    const tenant = await directory.byId(tenantId);
    // The work of a suspended tenant waits where it is kept.
    if (tenant?.status !== 'active') return;
    const atMost = plans.of(tenant.plan).jobWeight * WINDOW_BASE;
    const again = sql`make_interval(secs => ${againAfterMs / 1_000}::float8)`;
    const given = await TenantScope.run(tenant, () =>
      sql<Given>`select id, attempt from tenancy.dispatch(${atMost}::integer, ${again}, ${kinds}::text[])`.execute(contexts.reads()),
    );
    if (given.rows.length > 0) await transport.deliver(given.rows.map(({ id, attempt }) => ({ tenantId, id, attempt })));
  }
}
