import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { closeRedis } from './redis-client.js';
import { RedisDoorbell } from './redis-doorbell.js';
import { freshPrefix, readyRedis, redisUrl, until } from './redis.fixture.js';
import { RedisProxy } from './redis-proxy.fixture.js';

describe('the doorbell', () => {
  const opened: Redis[] = [];
  const hushes: (() => void)[] = [];
  let prefix: string;
  let proxy: RedisProxy;

  const connection = async (url = redisUrl(process.env)): Promise<Redis> => {
    const redis = await readyRedis('spec', url);
    opened.push(redis);
    return redis;
  };
  const listener = async (url?: string): Promise<string[]> => {
    const rung: string[] = [];
    hushes.push(new RedisDoorbell({ redis: await connection(url), prefix }).hear(await connection(url), (tenant) => rung.push(tenant)));
    return rung;
  };

  beforeEach(async () => {
    prefix = freshPrefix();
    proxy = await RedisProxy.to(redisUrl(process.env));
  });
  afterEach(async () => {
    for (const hush of hushes.splice(0)) hush();
    await Promise.all(opened.splice(0).map(closeRedis));
    proxy.close();
  });

  it('is heard once for each tenant, by one of all who listen', async () => {
    const [first, second] = [await listener(), await listener()];
    const bell = new RedisDoorbell({ redis: await connection(), prefix });
    const tenants = Array.from({ length: 20 }, () => randomUUID());
    // Who listens hears when it has subscribed, and then finds what lay there.
    for (const tenant of tenants) bell.ring(tenant);
    await until(() => first.length + second.length === tenants.length, 5_000);
    expect([...first, ...second].sort()).toEqual([...tenants].sort());
  });

  it('tells who begins to listen what was rung before', async () => {
    const tenant = randomUUID();
    const bell = new RedisDoorbell({ redis: await connection(), prefix });
    bell.ring(tenant);
    bell.ring(tenant);
    const rung = await listener();
    await until(() => rung.length > 0, 5_000);
    expect(rung).toEqual([tenant]);
  });

  it('is heard at the time it is wanted for, and not before', async () => {
    const rung = await listener();
    const bell = new RedisDoorbell({ redis: await connection(), prefix });
    const [soon, now] = [randomUUID(), randomUUID()];
    const wanted = new Date(Date.now() + 300);
    bell.ring(soon, wanted);
    bell.ring(now, new Date(0));
    await until(() => rung.includes(soon), 5_000);
    expect(rung).toEqual([now, soon]);
    expect(Date.now()).toBeGreaterThanOrEqual(wanted.getTime());
  });

  it('counts what did not reach Redis and raises nothing, and is heard again when Redis is back', async () => {
    const rung = await listener(proxy.url);
    const through = await connection(proxy.url);
    const bell = new RedisDoorbell({ redis: through, prefix });
    proxy.cut();
    await until(() => through.status !== 'ready', 5_000);
    bell.ring(randomUUID());
    await until(() => bell.lost === 1, 5_000);
    proxy.mend();
    await until(() => through.status === 'ready', 5_000);
    const tenant = randomUUID();
    bell.ring(tenant);
    await until(() => rung.includes(tenant), 5_000);
    expect(rung).toEqual([tenant]);
  });

  it('is not led astray by what others lay into its set', async () => {
    const redis = await connection();
    await redis.sadd(`${prefix}work-waiting`, '*', 'x'.repeat(500));
    const [rung, tenant] = [await listener(), randomUUID()];
    new RedisDoorbell({ redis, prefix }).ring(tenant);
    await until(() => rung.length > 0, 5_000);
    expect(rung).toEqual([tenant]);
  });
});
