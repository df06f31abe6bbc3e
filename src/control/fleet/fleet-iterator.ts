import { AppError } from '#kernel/errors/app-error.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** How patient a visit to many tenants is. */
export interface FleetPatience {
  /** How many are asked at once. */
  readonly atOnce: number;
  /** Milliseconds that one tenant may take. */
  readonly eachMs: number;
  /** Milliseconds after which no further tenant is asked; those under way have their time. */
  readonly allMs: number;
}

/** Who answered and who did not, in the order in which they were given. */
export interface FleetVisit<Result> {
  readonly reached: readonly { readonly tenant: Tenant; readonly result: Result }[];
  /** `reason` is the code of what kept it away, `timeout`, or `not-asked` when time was up before its turn. */
  readonly unreachable: readonly { readonly tenant: Tenant; readonly reason: string }[];
}

type Outcome<Result> = { readonly result: Result } | { readonly reason: string };

/** Asks many tenants, each in its own scope, never more than so many at once: one that is away or slow costs its own answer and a little time, and nobody else's. */
export class FleetIterator {
  constructor(private readonly patience: FleetPatience) {}

  /** Never raises for what a tenant does. `ask` is told by its signal when nobody waits for it any more; it then ends by its own means. */
  async visit<Result>(
    tenants: readonly Tenant[],
    ask: (tenant: Tenant, signal: AbortSignal) => Promise<Result>,
  ): Promise<FleetVisit<Result>> {
    const { atOnce, allMs } = this.patience;
    const endsAt = performance.now() + allMs;
    const outcomes = new Map<Tenant, Outcome<Result>>();
    const queue = tenants.values();
    const walk = async (): Promise<void> => {
      for (const tenant of queue) outcomes.set(tenant, performance.now() < endsAt ? await this.#ask(tenant, ask) : { reason: 'not-asked' });
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, tenants.length) }, walk));
    return sorted(tenants, outcomes);
  }

  async #ask<Result>(tenant: Tenant, ask: (tenant: Tenant, signal: AbortSignal) => Promise<Result>): Promise<Outcome<Result>> {
    const { promise: expiry, resolve: expire } = Promise.withResolvers<Outcome<Result>>();
    const over = new AbortController();
    const timer = setTimeout(() => {
      expire({ reason: 'timeout' });
      over.abort(new Error('the time for this tenant is over'));
    }, this.patience.eachMs);
    const work = async (): Promise<Outcome<Result>> => {
      try {
        return { result: await TenantScope.leave(() => TenantScope.run(tenant, () => ask(tenant, over.signal))) };
      } catch (error) {
        return { reason: error instanceof AppError ? error.code : 'failed' };
      }
    };
    try {
      return await Promise.race([work(), expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function sorted<Result>(tenants: readonly Tenant[], outcomes: ReadonlyMap<Tenant, Outcome<Result>>): FleetVisit<Result> {
  const reached: { tenant: Tenant; result: Result }[] = [];
  const unreachable: { tenant: Tenant; reason: string }[] = [];
  for (const tenant of tenants) {
    const outcome = outcomes.get(tenant) ?? { reason: 'not-asked' };
    if ('result' in outcome) reached.push({ tenant, result: outcome.result });
    else unreachable.push({ tenant, reason: outcome.reason });
  }
  return { reached, unreachable };
}
