import type { Redis } from 'ioredis';
import { closeRedis, isRedisReady, openRedis } from './redis-client.js';
import type { RedisLog } from './redis-log.js';
import { KeyTrace } from './key-trace.js';
import { AppError } from '#kernel/errors/app-error.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';

const KEYS_AT_ONCE = 500;
const READY_WITHIN_MS = 3_000;

/** A Redis could not be looked through: whether something of a tenant is there is not known. */
export class RedisNotSearchedError extends AppError {
  readonly code = 'lifecycle.redis-not-searched';

  constructor(options?: ErrorOptions) {
    super('A Redis could not be looked through.', options);
  }
}

/**
 * What the Redis servers in use have of a tenant: every key that has its id or its name in it, and every string, field, member or entry that
 * does, found by going through all keys in bounded steps. Connections are opened for each look, which is rare, and closed after it.
 */
export class RedisTenantStore implements TenantStore {
  readonly name = 'redis';

  constructor(
    /** Each server and database once. */
    private readonly urls: readonly string[],
    private readonly log: RedisLog,
  ) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const counts = new Map<string, number>();
    await this.#through(tenant, (trace) => {
      counts.set(trace.kind, (counts.get(trace.kind) ?? 0) + trace.count);
      return Promise.resolve();
    });
    return [...counts].map(([kind, count]) => ({ kind, count }));
  }

  async erase(tenant: ErasedTenant): Promise<void> {
    await this.#through(tenant, (trace, redis) => trace.remove(redis));
  }

  async #through(tenant: ErasedTenant, each: (trace: KeyTrace, redis: Redis) => Promise<void>): Promise<void> {
    for (const url of new Set(this.urls)) {
      const redis = openRedis(url, { name: 'erasure', log: this.log, commandTimeoutMs: 5_000 });
      try {
        if (!(await isRedisReady(redis, READY_WITHIN_MS))) throw new RedisNotSearchedError();
        await goThrough(redis, tenant, each);
      } catch (error) {
        throw error instanceof AppError ? error : new RedisNotSearchedError({ cause: error });
      } finally {
        await closeRedis(redis);
      }
    }
  }
}

async function goThrough(redis: Redis, tenant: ErasedTenant, each: (trace: KeyTrace, redis: Redis) => Promise<void>): Promise<void> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'COUNT', KEYS_AT_ONCE);
    cursor = next;
    const types = await Promise.all(keys.map((key) => redis.type(key)));
    for (const [index, key] of keys.entries()) {
      const trace = await KeyTrace.of(redis, key, types[index] as string, tenant);
      if (trace) await each(trace, redis);
    }
  } while (cursor !== '0');
}
