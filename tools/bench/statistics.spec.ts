import { bootstrapRatio, median, quantile, repeatableRandom } from '#tools/bench/statistics.js';

describe('statistics', () => {
  it('takes the middle, and between two neighbours half way', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(quantile([0, 10], 0.95)).toBeCloseTo(9.5);
  });

  it('does not move the middle for one wild value', () => {
    expect(median([10, 11, 12, 1_000])).toBeLessThan(12);
  });

  it('gives an interval around a ratio that is the same in every cycle', () => {
    const baselines = [10, 12, 9, 11, 10, 13];
    const { low, high } = bootstrapRatio(
      baselines.map((one) => one * 2),
      baselines,
      repeatableRandom(7),
    );
    expect(low).toBeCloseTo(2);
    expect(high).toBeCloseTo(2);
  });

  it('gives a wide interval when the cycles disagree', () => {
    const { low, high } = bootstrapRatio([5, 10, 20, 40, 80], [10, 10, 10, 10, 10], repeatableRandom(7));
    expect(low).toBeLessThan(1.1);
    expect(high).toBeGreaterThan(3.9);
  });
});
