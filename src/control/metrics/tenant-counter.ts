import type { TenantCounts } from '#catalog/rollups/tenant-rollups.js';
import type { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { TenantCount } from '#kernel/plugin/tenant-count.js';
import type { Clock } from '#kernel/work/clock.js';

/** Counts the tenant in scope by what every part of the product says of itself. */
export class TenantCounter {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly counts: readonly TenantCount[],
    private readonly clock: Clock,
  ) {}

  /** One statement after the other, so that a tenant is asked for one connection. Raises what reading raises. */
  async count(): Promise<TenantCounts> {
    const sum = { users: 0, activeUsers30d: 0, tickets: 0, storageBytes: 0 };
    for (const { figure, of } of this.counts) sum[figure] += await of(this.contexts, this.clock.now());
    return sum;
  }
}
