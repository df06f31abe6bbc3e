import { backoffMs } from '#kernel/jobs/backoff.js';

describe('the time before the next attempt', () => {
  it('doubles from a second to ten minutes', () => {
    expect([1, 2, 3, 9, 10, 11, 60].map((attempt) => backoffMs(attempt, () => 1))).toEqual([
      1_000, 2_000, 4_000, 256_000, 512_000, 600_000, 600_000,
    ]);
  });

  it('is spread over its upper half', () => {
    expect([0, 0.5, 1].map((random) => backoffMs(4, () => random))).toEqual([4_000, 6_000, 8_000]);
    const drawn = Array.from({ length: 200 }, () => backoffMs(4));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(4_000);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(8_000);
    expect(new Set(drawn).size).toBeGreaterThan(100);
  });
});
