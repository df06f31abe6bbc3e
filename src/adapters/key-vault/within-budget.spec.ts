import { describe, expect, it } from '@jest/globals';
import { withinBudget } from './within-budget.js';

describe('a budget of time', () => {
  it('gives back what the work gives', async () => {
    await expect(withinBudget(1_000, () => Promise.resolve(42))).resolves.toBe(42);
  });

  it('passes on the error of work that fails in time', async () => {
    await expect(withinBudget(1_000, () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
  });

  it('ends by itself when the work never does, and tells the work', async () => {
    let told: AbortSignal | undefined;
    const work = (signal: AbortSignal): Promise<never> => {
      told = signal;
      return new Promise(() => undefined);
    };
    await expect(withinBudget(10, work)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(told?.aborted).toBe(true);
  });
});
