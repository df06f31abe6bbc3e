import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { slowsGuessingDown } from '#kernel/limits/lockout.contract.js';
import { closeRedis, openRedis } from './redis-client.js';
import { RedisLockout } from './redis-lockout.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { flush, freshPrefix, readyRedis, redisUrl, silent, until } from './redis.fixture.js';
import { SilenceWatch } from './silence-watch.js';

const url = redisUrl(process.env);
const prefix = freshPrefix();
const hash = (text: string): string => Buffer.from(text).reverse().toString('base64url');

describe('the lockout of all processes', () => {
  const opened: Redis[] = [];
  const watches: SilenceWatch[] = [];

  function lockoutOn(redis: Redis, now?: () => number): RedisLockout {
    const watch = new SilenceWatch(redis, { silentForMs: 250, askEveryMs: 50 });
    watch.start();
    watches.push(watch);
    return new RedisLockout({ redis, watch, hash, prefix, ...(now && { now }) });
  }

  async function connected(): Promise<Redis> {
    const redis = await readyRedis('spec-lockout', url);
    opened.push(redis);
    return redis;
  }

  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.close();
    await Promise.all(opened.splice(0).map(closeRedis));
  });
  afterAll(async () => {
    const redis = await readyRedis('spec-lockout', url);
    await flush(redis, prefix);
    await closeRedis(redis);
  });

  slowsGuessingDown(async (now) => lockoutOn(await connected(), now));

  const subject = (): { tenantId: string; account: string; peer: string } => ({
    tenantId: randomUUID(),
    account: 'ada@example.test',
    peer: '192.0.2.1',
  });

  it("goes by the server's clock, and knows what other processes counted, also at the same time", async () => {
    const [here, there] = [lockoutOn(await connected()), lockoutOn(await connected())];
    const ada = subject();
    await Promise.all(Array.from({ length: 10 }, (_, number) => (number % 2 ? here : there).failed(ada)));
    expect(await here.waitSeconds(ada)).toBe(32);
    expect(await there.waitSeconds(ada)).toBe(32);
    await there.succeeded(ada);
    expect(await here.waitSeconds(ada)).toBe(0);
  });

  it('keeps neither account nor address in Redis, and nothing for ever', async () => {
    const redis = await connected();
    const lockout = lockoutOn(redis);
    const ada = subject();
    for (let round = 0; round < 6; round += 1) await lockout.failed(ada);
    const keys = await redis.keys(`${prefix}*${ada.tenantId}*`);
    expect(keys).toHaveLength(2);
    expect(JSON.stringify(keys)).not.toMatch(/ada@|@ada|192\.0/);
    for (const key of keys) {
      expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(Object.keys(await redis.hgetall(key)).sort()).toEqual(['count', 'ends', 'waits']);
    }
  });

  it('goes on by what this process saw while Redis is away, says so, and shares again when it is back', async () => {
    const proxy = await RedisProxy.to(url);
    const redis = openRedis(proxy.url, { name: 'spec-lockout', log: silent });
    opened.push(redis);
    const lockout = lockoutOn(redis);
    await until(() => lockout.health.status === 'up', 5_000);
    const ada = subject();
    for (let round = 0; round < 4; round += 1) await lockout.failed(ada);

    proxy.cut();
    await until(() => lockout.health.status === 'degraded', 5_000);
    expect(await lockout.waitSeconds(ada)).toBe(0);
    await lockout.failed(ada);
    expect(await lockout.waitSeconds(ada)).toBe(1);

    proxy.mend();
    await until(() => lockout.health.status === 'up', 10_000);
    for (let round = 0; round < 2; round += 1) await lockout.failed(ada);
    expect(await lockoutOn(await connected()).waitSeconds(ada)).toBe(2);
    proxy.close();
  });
});
