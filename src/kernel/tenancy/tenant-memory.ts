import { Freshness, type FreshnessLimits, type Held } from '#kernel/tenancy/freshness.js';
import type { InvalidationChannel } from '#kernel/tenancy/invalidation-channel.js';
import { TenantBoundCache } from '#kernel/tenancy/tenant-bound-cache.js';
import { TenantLoads } from '#kernel/tenancy/tenant-loads.js';

/** What there is beside the limits; time can be anybody's. */
export interface TenantMemoryOptions {
  readonly limits: Pick<FreshnessLimits, 'ttlMs' | 'unheardTtlMs' | 'staleMs'>;
  /** How many tenants are remembered at once. */
  readonly tenants: number;
  /** Without one this process is believed to be the only one. */
  readonly channel?: InvalidationChannel | undefined;
  readonly now?: () => number;
}

/**
 * One thing of each tenant as this process remembers it. Nothing read before a change is remembered after it, a lost message costs at most
 * the time to live, and when the source fails an answer of late is given again, unless somebody has called it out of date.
 */
export class TenantMemory<T> {
  readonly #held: TenantBoundCache<Held<T>>;
  readonly #loads = new TenantLoads();
  readonly #freshness: Freshness;

  constructor(private readonly options: TenantMemoryOptions) {
    this.#held = new TenantBoundCache(options.tenants);
    const now = options.now ?? (() => performance.now());
    this.#freshness = new Freshness({ ...options.limits, absentTtlMs: 0 }, () => options.channel?.isUp ?? true, now);
    options.channel?.listen({ changed: (id) => this.forget(id), missed: () => this.clear() });
  }

  /** What is remembered and may still be believed. */
  fresh(tenantId: string): T | undefined {
    const held = this.#held.get(tenantId);
    return held && held.tenantId === tenantId && this.#freshness.isFresh(held) ? held.value : undefined;
  }

  /** What is remembered, or else what `read` gives; raises what it raises when nothing of late is remembered. */
  async of(tenantId: string, read: () => Promise<T>): Promise<T> {
    const known = this.fresh(tenantId);
    if (known !== undefined) return known;
    try {
      return await this.#loads.join(`id:${tenantId}`, async (load) => {
        const value = await read();
        const now = this.#freshness.now();
        const held = { tenantId, value, keptAt: now, freshUntil: now + this.options.limits.ttlMs, graceUntil: 0 };
        if (load.mayKeep(tenantId)) this.#held.set(tenantId, held);
        return value;
      });
    } catch (error) {
      const held = this.#held.get(tenantId);
      if (held && this.#freshness.mayServeStale(held)) return held.value;
      throw error;
    }
  }

  forget(tenantId: string): void {
    this.#loads.overtake(tenantId);
    this.#held.forget(tenantId);
  }

  clear(): void {
    this.#loads.overtake(null);
    this.#held.clear();
  }
}
