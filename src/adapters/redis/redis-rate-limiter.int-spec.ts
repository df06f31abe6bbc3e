import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Rate, RateVerdict } from '#kernel/limits/rate-limiter.js';
import { closeRedis, openRedis } from './redis-client.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { RedisRateLimiter } from './redis-rate-limiter.js';
import { flush, freshPrefix, readyRedis, redisUrl, silent, until } from './redis.fixture.js';
import { SilenceWatch } from './silence-watch.js';

const url = redisUrl(process.env);
const prefix = freshPrefix();
const RATE: Rate = { limit: 100, windowSeconds: 3_600 };

describe('the rate limiter of all processes', () => {
  const opened: Redis[] = [];
  const watches: SilenceWatch[] = [];

  function limiterOn(redis: Redis, now?: () => number): RedisRateLimiter {
    const watch = new SilenceWatch(redis, { silentForMs: 250, askEveryMs: 50 });
    watch.start();
    watches.push(watch);
    return new RedisRateLimiter({ redis, watch, prefix, ...(now && { now }) });
  }

  async function connected(): Promise<Redis> {
    const redis = await readyRedis('spec-rates', url);
    opened.push(redis);
    return redis;
  }

  afterEach(async () => {
    for (const watch of watches.splice(0)) watch.close();
    await Promise.all(opened.splice(0).map(closeRedis));
  });
  afterAll(async () => {
    const redis = await readyRedis('spec-rates', url);
    await flush(redis, prefix);
    await closeRedis(redis);
  });

  const hits = (limiter: RedisRateLimiter, key: string, times: number, rate = RATE): Promise<RateVerdict[]> =>
    Promise.all(Array.from({ length: times }, () => limiter.hit(key, rate)));
  const allowedOf = (verdicts: readonly RateVerdict[]): number => verdicts.filter(({ allowed }) => allowed).length;

  it('allows exactly 100 of 2,000 concurrent hits that reach it over two connections', async () => {
    const [one, two] = [limiterOn(await connected()), limiterOn(await connected())];
    const key = randomUUID();
    const verdicts = (await Promise.all([hits(one, key, 1_000), hits(two, key, 1_000)])).flat();
    expect(allowedOf(verdicts)).toBe(100);
    expect(verdicts.filter(({ isLocal }) => isLocal)).toEqual([]);
    expect(new Set(verdicts.filter(({ allowed }) => allowed).map(({ remaining }) => remaining)).size).toBe(100);
    expect(allowedOf(await hits(two, `${key}-other`, 10))).toBe(10);
  });

  describe('by a clock of its own', () => {
    const rate: Rate = { limit: 10, windowSeconds: 60 };
    let time: number;
    let limiter: RedisRateLimiter;
    let key: string;
    beforeEach(async () => {
      time = Date.now();
      limiter = limiterOn(await connected(), () => time);
      key = randomUUID();
    });

    it('tells what is left and when the window turns', async () => {
      expect(await limiter.hit(key, rate)).toEqual({ allowed: true, remaining: 9, resetSeconds: 60, isLocal: false });
      time += 20_000;
      expect(await limiter.hit(key, rate)).toEqual({ allowed: true, remaining: 8, resetSeconds: 40, isLocal: false });
    });

    it('slides: the hits of the window before are given back little by little', async () => {
      await hits(limiter, key, 10, rate);
      time += 60_000;
      expect(allowedOf(await hits(limiter, key, 10, rate))).toBe(0);
      time += 30_000;
      expect(allowedOf(await hits(limiter, key, 10, rate))).toBe(5);
      time += 90_000;
      expect(allowedOf(await hits(limiter, key, 20, rate))).toBe(10);
    });

    it.each([0, 13_000, 59_999, 60_000, 75_000, 119_000])(
      'says after %d ms when a refused hit is next allowed, and keeps its word',
      async (after) => {
        await hits(limiter, key, 10, rate);
        time += after;
        await hits(limiter, key, 10, rate);
        const { allowed, remaining, resetSeconds } = await limiter.hit(key, rate);
        expect([allowed, remaining]).toEqual([false, 0]);
        time += (resetSeconds - 1) * 1_000 - 1;
        expect((await limiter.hit(key, rate)).allowed).toBe(false);
        time += 1_001;
        expect((await limiter.hit(key, rate)).allowed).toBe(true);
      },
    );

    it('counts on when the clock is set back, and when the limit is lowered', async () => {
      await hits(limiter, key, 10, rate);
      time -= 30_000;
      expect(await limiter.hit(key, rate)).toMatchObject({ allowed: false });
      const lower = { limit: 4, windowSeconds: 60 };
      const { resetSeconds } = await limiter.hit(key, lower);
      expect(resetSeconds).toBe(60 + 42);
      time += resetSeconds * 1_000;
      expect((await limiter.hit(key, lower)).allowed).toBe(true);
    });

    it('keeps nothing for longer than two windows', async () => {
      await limiter.hit(key, rate);
      const [kept] = await opened[0]!.keys(`${prefix}*${key}`);
      const rest = await opened[0]!.pttl(kept!);
      expect(rest).toBeGreaterThan(60_000);
      expect(rest).toBeLessThanOrEqual(120_000);
    });
  });

  it('goes on after Redis has forgotten its scripts', async () => {
    const redis = await connected();
    const limiter = limiterOn(redis);
    const key = randomUUID();
    await limiter.hit(key, RATE);
    await redis.script('FLUSH');
    expect(await limiter.hit(key, RATE)).toMatchObject({ remaining: 98, isLocal: false });
  });

  it('does not take Redis for silent when it is this process that was busy', async () => {
    const limiter = limiterOn(await connected());
    const verdict = limiter.hit(randomUUID(), RATE);
    const end = performance.now() + 600;
    while (performance.now() < end);
    expect(await verdict).toMatchObject({ isLocal: false });
    expect(limiter.health.status).toBe('up');
  });

  describe('on a way that breaks', () => {
    let proxy: RedisProxy;
    let limiter: RedisRateLimiter;
    beforeEach(async () => {
      proxy = await RedisProxy.to(url);
      const redis = openRedis(proxy.url, { name: 'spec-rates', log: silent });
      opened.push(redis);
      limiter = limiterOn(redis);
      await until(() => limiter.health.status === 'up', 5_000);
    });
    afterEach(() => proxy.close());

    it.each(['cut', 'block'] as const)(
      'allows the same rate by itself while Redis is away (%s), says so, and shares again afterwards',
      async (fault) => {
        const key = randomUUID();
        expect(await limiter.hit(key, RATE)).toMatchObject({ allowed: true, isLocal: false });
        proxy[fault]();
        const away = await hits(limiter, key, 150);
        expect(away.every(({ isLocal }) => isLocal)).toBe(true);
        expect(allowedOf(away)).toBe(100);
        expect(limiter.health.status).toBe('degraded');
        proxy.mend();
        await until(() => limiter.health.status === 'up', 10_000);
        expect(await limiter.hit(key, RATE)).toMatchObject({ isLocal: false });
      },
    );

    it('makes nobody wait a second time for a Redis that is silent', async () => {
      proxy.block();
      await limiter.hit(randomUUID(), RATE);
      const begun = performance.now();
      for (let round = 0; round < 100; round += 1) await limiter.hit(randomUUID(), RATE);
      expect(performance.now() - begun).toBeLessThan(200);
    });
  });
});
