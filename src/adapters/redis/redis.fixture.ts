import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { isRedisReady, openRedis } from './redis-client.js';
import type { RedisLog } from './redis-log.js';

/** The Redis of the test run. */
export function redisUrl({ REDIS_URL: url }: NodeJS.ProcessEnv): string {
  if (!url) throw new Error('REDIS_URL is not set: these specs need a Redis.');
  return url;
}

/** Keys of this spec and nobody else's. */
export function freshPrefix(): string {
  return `spec-${randomUUID()}:`;
}

export const silent: RedisLog = { warn: () => undefined, info: () => undefined };

/** A connection that is ready. */
export async function readyRedis(name: string, url: string, log = silent): Promise<Redis> {
  const client = openRedis(url, { name, log });
  if (!(await isRedisReady(client, 5_000))) throw new Error('Redis did not get ready.');
  return client;
}

/** What FLUSHALL does, to these keys only. */
export async function flush(redis: Redis, prefix: string): Promise<void> {
  const keys = await redis.keys(`${prefix}*`);
  if (keys.length > 0) await redis.del(...keys);
}

/** Waits for a fact; raises when it does not come true in time. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs = 1_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`It did not come true within ${withinMs} ms: ${isTrue.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
