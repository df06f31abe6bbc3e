import type { TenantCounts } from '#catalog/rollups/tenant-rollups.js';
import { FleetIterator, type FleetVisit } from '#control/metrics/fleet-iterator.js';
import type { TenantRoll } from '#kernel/tenancy/tenant-roll.js';
import type { TenantCounter } from './tenant-counter.js';

const AT_ONCE = 8;
/** A caller waits for all of it. */
const ALL_MS = 15_000;

/** What the active tenants are counted as at this moment, each asked in its own scope. */
export class LiveFigures {
  constructor(
    private readonly roll: Pick<TenantRoll, 'active'>,
    private readonly counter: TenantCounter,
  ) {}

  /** Waits for one tenant `eachMs` milliseconds; who did not answer is named. */
  async take(eachMs: number): Promise<FleetVisit<TenantCounts>> {
    const fleet = new FleetIterator({ atOnce: AT_ONCE, eachMs, allMs: ALL_MS });
    return fleet.visit(await this.roll.active(), () => this.counter.count());
  }
}
