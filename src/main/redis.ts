import type { Logger } from 'pino';
import { closeRedis, openRedis } from '#adapters/redis/redis-client.js';
import { RedisConnectionBudget } from '#adapters/redis/redis-connection-budget.js';
import { RedisInvalidations } from '#adapters/redis/redis-invalidations.js';
import { RedisTenantCache } from '#adapters/redis/redis-tenant-cache.js';
import type { Config } from '#main/config.js';

/** What this process uses Redis for; without Redis each of them goes on, degraded. */
export interface RedisParts {
  readonly budget: RedisConnectionBudget;
  readonly channel: RedisInvalidations;
  readonly cache: RedisTenantCache;
  health(): { status: 'up' | 'degraded' };
  close(): Promise<void>;
}

export function openRedisParts(config: Config, log: Logger): RedisParts {
  const commands = openRedis(config.REDIS_URL, { name: 'commands', log });
  const subscriber = openRedis(config.REDIS_URL, { name: 'subscriber', log });
  const cached = openRedis(config.REDIS_CACHE_URL, { name: 'cache', log });
  const budget = new RedisConnectionBudget({ redis: commands, max: config.CONNECTIONS_PER_SERVER });
  const channel = new RedisInvalidations({ publisher: commands, subscriber, log });
  const cache = new RedisTenantCache({ redis: cached, log, ttlMs: config.TENANT_CACHE_TTL_SECONDS * 1_000 });
  budget.start();
  channel.start();
  return {
    budget,
    channel,
    cache,
    health: () => ({ status: [budget, channel, cache].every(({ health }) => health.status === 'up') ? 'up' : 'degraded' }),
    close: async () => {
      budget.close();
      channel.stop();
      cache.close();
      await Promise.all([commands, subscriber, cached].map(closeRedis));
    },
  };
}
