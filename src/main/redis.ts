import type { Logger } from 'pino';
import { closeRedis, openRedis } from '#adapters/redis/redis-client.js';
import { RedisConnectionBudget } from '#adapters/redis/redis-connection-budget.js';
import { RedisDoorbell } from '#adapters/redis/redis-doorbell.js';
import { RedisInvalidations } from '#adapters/redis/redis-invalidations.js';
import { RedisLiveChannel } from '#adapters/redis/redis-live-channel.js';
import { RedisLockout } from '#adapters/redis/redis-lockout.js';
import { RedisRateLimiter } from '#adapters/redis/redis-rate-limiter.js';
import { RedisReplayCache } from '#adapters/redis/redis-replay-cache.js';
import { RedisTenantCache } from '#adapters/redis/redis-tenant-cache.js';
import { SilenceWatch } from '#adapters/redis/silence-watch.js';
import { SigningKeys } from '#kernel/signing/signing-keys.js';
import type { Config } from '#main/config.js';

/** What this process uses Redis for; without Redis each of them goes on, degraded. */
export interface RedisParts {
  readonly budget: RedisConnectionBudget;
  readonly channel: RedisInvalidations;
  /** The same for changes of members' rights. */
  readonly accessChannel: RedisInvalidations;
  /** The same for changes of settings. */
  readonly settingsChannel: RedisInvalidations;
  readonly cache: RedisTenantCache;
  readonly limiter: RedisRateLimiter;
  readonly lockout: RedisLockout;
  readonly replays: RedisReplayCache;
  readonly doorbell: RedisDoorbell;
  readonly live: RedisLiveChannel;
  health(): { status: 'up' | 'degraded' };
  close(): Promise<void>;
}

/** `jobsPrefix` is what the keys of jobs begin with: those who share it do each other's work. */
export function openRedisParts(config: Config, log: Logger, jobsPrefix: string): RedisParts {
  const commands = openRedis(config.REDIS_URL, { name: 'commands', log });
  const subscriber = openRedis(config.REDIS_URL, { name: 'subscriber', log });
  const cached = openRedis(config.REDIS_CACHE_URL, { name: 'cache', log });
  const signing = new SigningKeys(config.SIGNING_KEYS);
  // Of its own, so that a flood that is being counted holds up nothing else; how long an answer may take is the watch's to say.
  const limits = openRedis(config.REDIS_URL, { name: 'limits', log, commandTimeoutMs: 2_000 });
  const watch = new SilenceWatch(limits);
  const limiter = new RedisRateLimiter({ redis: limits, watch });
  const lockout = new RedisLockout({ redis: limits, watch, hash: (text) => signing.sign('lockout', text).toString('base64url') });
  const budget = new RedisConnectionBudget({ redis: commands, max: config.CONNECTIONS_PER_SERVER });
  const channel = new RedisInvalidations({ publisher: commands, subscriber, log });
  const accessChannel = new RedisInvalidations({ publisher: commands, subscriber, log, topic: 'access-changed' });
  const settingsChannel = new RedisInvalidations({ publisher: commands, subscriber, log, topic: 'settings-changed' });
  const cache = new RedisTenantCache({ redis: cached, log, ttlMs: config.TENANT_CACHE_TTL_SECONDS * 1_000 });
  const live = new RedisLiveChannel({ publisher: commands, subscriber, log });
  budget.start();
  live.start();
  channel.start();
  accessChannel.start();
  settingsChannel.start();
  watch.start();
  return {
    budget,
    channel,
    accessChannel,
    settingsChannel,
    live,
    cache,
    limiter,
    lockout,
    replays: new RedisReplayCache({ redis: limits, watch }),
    doorbell: new RedisDoorbell({ redis: commands, prefix: jobsPrefix }),
    health: () => ({
      status: [budget, channel, accessChannel, settingsChannel, cache].every(({ health }) => health.status === 'up') ? 'up' : 'degraded',
    }),
    close: async () => {
      budget.close();
      channel.stop();
      accessChannel.stop();
      settingsChannel.stop();
      live.stop();
      cache.close();
      watch.close();
      await Promise.all([commands, subscriber, cached, limits].map(closeRedis));
    },
  };
}
