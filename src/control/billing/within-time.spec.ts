import { BillingUnavailableError } from '#control/billing/billing-provider.js';
import { withinTime } from '#control/billing/within-time.js';

describe('an answer of the provider', () => {
  it('is waited for, and so is its refusal; silence is that it is away', async () => {
    expect(await withinTime(Promise.resolve('page'))).toBe('page');
    await expect(withinTime(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);
    await expect(withinTime(new Promise(() => undefined), 1)).rejects.toThrow(BillingUnavailableError);
  });
});
