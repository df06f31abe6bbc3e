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

/**
 * Asks many tenants, each in its own scope, never more than so many at once, those that nobody waits for any more among them: one that is away or
 * slow costs its own answer and a little time.
 */
export class FleetIterator {
  constructor(private readonly patience: FleetPatience) {}

  /** Never raises for what a tenant does. `ask` is told by its signal when nobody waits for it any more; it then ends by its own means. */
  async visit<Result>(
    tenants: readonly Tenant[],
    ask: (tenant: Tenant, signal: AbortSignal) => Promise<Result>,
  ): Promise<FleetVisit<Result>> {
    const { atOnce, allMs } = this.patience;
    const outcomes = new Map<Tenant, Outcome<Result>>();
    const { promise: isAnswered, resolve: answered } = Promise.withResolvers<undefined>();
    let [asked, isOver] = [0, false];
    const look = (): void => {
      if (outcomes.size === (isOver ? asked : tenants.length)) answered(undefined);
    };
    const walk = async (): Promise<void> => {
      for (let next = tenants[asked]; next && !isOver; next = tenants[asked]) {
        const tenant = next;
        asked += 1;
        // Its turn ends with its work, and not when nobody waits for that any more: the next would be one too many.
        await this.#ask(tenant, ask, (outcome) => {
          outcomes.set(tenant, outcome);
          look();
        });
      }
    };
    const end = setTimeout(() => {
      isOver = true;
      look();
    }, allMs);
    for (let count = 0; count < atOnce; count += 1) void walk();
    look();
    await isAnswered;
    clearTimeout(end);
    return sorted(tenants, outcomes);
  }

  /** Gives the outcome once, when it is there or when its time is over; settles when the work has. */
  async #ask<Result>(
    tenant: Tenant,
    ask: (tenant: Tenant, signal: AbortSignal) => Promise<Result>,
    give: (outcome: Outcome<Result>) => void,
  ): Promise<void> {
    const over = new AbortController();
    const timer = setTimeout(() => {
      give({ reason: 'timeout' });
      over.abort(new Error('the time for this tenant is over'));
    }, this.patience.eachMs);
    const outcome = await outcomeOf(() => TenantScope.leave(() => TenantScope.run(tenant, () => ask(tenant, over.signal))));
    clearTimeout(timer);
    if (!over.signal.aborted) give(outcome);
  }
}

async function outcomeOf<Result>(work: () => Promise<Result>): Promise<Outcome<Result>> {
  try {
    return { result: await work() };
  } catch (error) {
    return { reason: error instanceof AppError ? error.code : 'failed' };
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
