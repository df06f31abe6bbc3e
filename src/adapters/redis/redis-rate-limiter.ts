import type { Redis } from 'ioredis';
import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';
import type { Rate, RateLimiter, RateVerdict } from '#kernel/limits/rate-limiter.js';
import { HIT } from './rate-limit-scripts.js';
import { RedisScript } from './redis-script.js';
import type { SilenceWatch } from './silence-watch.js';

export interface RedisRateLimiterOptions {
  readonly redis: Redis;
  readonly watch: SilenceWatch;
  readonly prefix?: string;
  /** Milliseconds, in place of the server's clock: for specs. */
  readonly now?: () => number;
}

/**
 * A sliding window shared by all processes, one round trip a hit: exact within a window, and over the edge of two windows as exact as the
 * assumption that the hits of the one before were spread evenly. While Redis is away every process allows the rate by itself.
 */
export class RedisRateLimiter implements RateLimiter {
  readonly #local = new LocalRateLimiter();
  readonly #script = new RedisScript(HIT);

  constructor(private readonly options: RedisRateLimiterOptions) {}

  get health(): { readonly status: 'up' | 'degraded' } {
    return { status: this.options.watch.isLost ? 'degraded' : 'up' };
  }

  async hit(key: string, rate: Rate): Promise<RateVerdict> {
    const { redis, watch, prefix = 'tenantry:', now } = this.options;
    try {
      const args = [rate.limit, rate.windowSeconds * 1_000, now?.() ?? ''];
      const answer = await watch.with(() => this.#script.run(redis, [`${prefix}rate:${key}`], args));
      const [allowed, remaining, resetMs] = answer as [number, number, number];
      return { allowed: allowed === 1, remaining, resetSeconds: Math.max(1, Math.ceil(resetMs / 1_000)), isLocal: false };
    } catch {
      return this.#local.hit(key, rate); // `health` tells of it, and the client has logged why
    }
  }
}
