import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { closeRedis, isRedisReady, openRedis } from './redis-client.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { readyRedis, redisUrl, until } from './redis.fixture.js';

const REDIS_URL = redisUrl(process.env);
let proxy: RedisProxy;
beforeEach(async () => (proxy = await RedisProxy.to(REDIS_URL)));
afterEach(() => proxy.close());

describe('a Redis connection', () => {
  it('refuses a command at once while Redis is away, and works again when it is back', async () => {
    const client = await readyRedis('spec', proxy.url);
    const unanswered = (proxy.block(), client.get('a'));
    proxy.cut();
    await expect(unanswered).rejects.toThrow();
    const began = performance.now();
    await expect(client.get('a')).rejects.toThrow();
    expect(performance.now() - began).toBeLessThan(50);
    proxy.mend();
    expect(await isRedisReady(client, 3_000)).toBe(true);
    expect(await client.ping()).toBe('PONG');
    await closeRedis(client);
  });

  it('drops a connection on which nothing is answered any more', async () => {
    const client = await readyRedis('spec', proxy.url);
    proxy.block();
    await expect(client.get('a')).rejects.toThrow();
    await until(() => client.status !== 'ready', 4_000);
    await closeRedis(client);
  });

  it('logs a loss once, without the address or the password', async () => {
    const lines: unknown[] = [];
    const log = { warn: (...line: unknown[]) => void lines.push(line), info: (...line: unknown[]) => void lines.push(line) };
    const url = new URL(proxy.url);
    url.password = 'never-to-be-seen';
    proxy.cut();
    const client = openRedis(url.href, { name: 'spec', log });
    expect(await isRedisReady(client, 600)).toBe(false);
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines)).not.toMatch(/never-to-be-seen|127\.0\.0\.1/);
    await closeRedis(client);
  });
});
