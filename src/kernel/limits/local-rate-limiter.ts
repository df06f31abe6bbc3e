import { LRUCache } from 'lru-cache';
import type { Rate, RateLimiter, RateVerdict } from '#kernel/limits/rate-limiter.js';

const KEYS_AT_MOST = 10_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A token bucket per key in this process: full at first, then filled at the rate's pace. Of the keys only the 10,000 used last are kept,
 * so one that was pushed out begins anew.
 */
export class LocalRateLimiter implements RateLimiter {
  readonly #buckets = new LRUCache<string, Bucket>({ max: KEYS_AT_MOST });

  constructor(private readonly now: () => number = () => performance.now()) {}

  hit(key: string, rate: Rate): Promise<RateVerdict> {
    return Promise.resolve(this.#take(key, rate));
  }

  #take(key: string, { limit, windowSeconds }: Rate): RateVerdict {
    const now = this.now();
    const msPerToken = (windowSeconds * 1_000) / limit;
    const bucket = this.#buckets.get(key) ?? { tokens: limit, filledAt: now };
    bucket.tokens = Math.min(limit, bucket.tokens + Math.max(0, now - bucket.filledAt) / msPerToken);
    bucket.filledAt = now;
    const allowed = bucket.tokens >= 1;
    if (allowed) bucket.tokens -= 1;
    this.#buckets.set(key, bucket);
    const missing = allowed ? limit - bucket.tokens : 1 - bucket.tokens;
    const resetSeconds = Math.max(1, Math.ceil((missing * msPerToken) / 1_000));
    return { allowed, remaining: Math.floor(bucket.tokens), resetSeconds, isLocal: true };
  }
}
