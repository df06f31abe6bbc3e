import type { Logger } from 'pino';
import { closeRedis, isRedisReady, openRedis } from '#adapters/redis/redis-client.js';
import { unfitForQueues } from '#adapters/redis/redis-fitness.js';
import { type Config, ConfigError } from '#main/config.js';

const READY_WITHIN_MS = 2_000;

/**
 * Asks Redis whether it can be trusted with a queue. In production it raises ConfigError when it cannot; elsewhere that is only said. A
 * Redis that is out of reach is not asked: the worker waits for it.
 */
export async function requireFitRedis({ REDIS_URL, NODE_ENV }: Config, log: Logger): Promise<void> {
  const redis = openRedis(REDIS_URL, { name: 'fitness', log });
  try {
    if (!(await isRedisReady(redis, READY_WITHIN_MS))) return;
    const problems = await unfitForQueues(redis);
    if (problems.length === 0) return;
    if (NODE_ENV === 'production') throw new ConfigError(problems.map((problem) => `REDIS_URL: it ${problem}`));
    log.warn({ problems }, 'Redis is not fit to hold a queue');
  } finally {
    await closeRedis(redis);
  }
}
