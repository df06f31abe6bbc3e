import { RUN_DEFAULTS } from '#control/fleet/fleet-desk.js';
import { failuresText, wishOf } from '#main/cli/run-wish.js';
import { UsageError } from '#main/cli/usage-error.js';

describe('how a run goes about it', () => {
  const { canary, concurrency, lockTimeoutMs, maxFailures } = RUN_DEFAULTS;
  const options = { canary: String(canary), concurrency: String(concurrency), lockTimeout: String(lockTimeoutMs) };
  const wishWith = (budget: string) => wishOf({ ...options, maxFailures: budget }).maxFailures;

  it('is the platform’s own way when nothing is said', () => {
    expect(wishOf({ ...options, maxFailures: failuresText(maxFailures) })).toEqual(RUN_DEFAULTS);
  });

  it('takes a budget of failures as a number, and in percent to two decimals', () => {
    expect(['0', '7', '100%', '100.0%', '100.00%', '0.01%', '12.5%'].map(wishWith)).toEqual([
      ...[{ count: 0 }, { count: 7 }, { percent: 100 }, { percent: 100 }, { percent: 100 }, { percent: 0.01 }, { percent: 12.5 }],
    ]);
    expect(failuresText({ percent: 12.5 })).toBe('12.5%');
  });

  it.each([
    { canary: '-1' },
    { canary: '1001' },
    { concurrency: '0' },
    { concurrency: '33' },
    { concurrency: '2.5' },
    { lockTimeout: '9' },
    { lockTimeout: '60001' },
  ])('refuses what is out of range (%j)', (wrong) => {
    expect(() => wishOf({ ...options, maxFailures: '5', ...wrong })).toThrow(UsageError);
  });

  it.each(['', 'many', '-1', '1.5', '0%', '0.00%', '0.001%', '0.0000001%', '100.01%', '101%', '.5%', '5.%', '%', '1e1%'])(
    'refuses %j',
    (text) => {
      expect(() => wishWith(text)).toThrow(UsageError);
    },
  );
});
