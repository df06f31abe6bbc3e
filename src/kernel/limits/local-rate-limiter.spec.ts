import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';

const RATE = { limit: 10, windowSeconds: 60 };

describe('the rate limiter of one process', () => {
  let time: number;
  let limiter: LocalRateLimiter;
  beforeEach(() => {
    time = 0;
    limiter = new LocalRateLimiter(() => time);
  });
  const allowed = async (key: string, hits: number): Promise<number> =>
    (await Promise.all(Array.from({ length: hits }, () => limiter.hit(key, RATE)))).filter((verdict) => verdict.allowed).length;

  it('allows the limit at once, says what is left, and that it decided alone', async () => {
    expect(await limiter.hit('a', RATE)).toEqual({ allowed: true, remaining: 9, resetSeconds: 6, isLocal: true });
    expect(await allowed('a', 30)).toBe(9);
  });

  it('says when a refused hit is next allowed, and keeps its word', async () => {
    await allowed('a', 10);
    time += 1_500;
    const { allowed: isAllowed, resetSeconds } = await limiter.hit('a', RATE);
    expect([isAllowed, resetSeconds]).toEqual([false, 5]);
    time += resetSeconds * 1_000;
    expect(await allowed('a', 5)).toBe(1);
  });

  it('gives back no more than the limit, however long it is idle', async () => {
    await allowed('a', 10);
    time += 3_600_000;
    expect(await allowed('a', 30)).toBe(10);
  });

  it('counts every key by itself', async () => {
    await allowed('a', 10);
    expect(await allowed('b', 10)).toBe(10);
  });

  it('forgets only keys that were not used for 10,000 others', async () => {
    await allowed('old', 10);
    await allowed('kept', 10);
    for (let number = 0; number < 9_999; number += 1) await limiter.hit(`other-${number}`, RATE);
    expect(await allowed('kept', 1)).toBe(0);
    expect(await allowed('old', 1)).toBe(1);
  });
});
