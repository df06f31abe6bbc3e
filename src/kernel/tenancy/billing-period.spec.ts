import fc from 'fast-check';
import { billingPeriodOf } from '#kernel/tenancy/billing-period.js';

const spelled = (from: string | null, until: string | null, at: string): string => {
  const { start, end } = billingPeriodOf({ billedFrom: from, billedUntil: until }, new Date(at));
  return `${start.toISOString().slice(0, 10)}/${end.toISOString().slice(0, 10)}`;
};

describe('the billing period', () => {
  it.each([
    ['2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z', '2026-02-27T23:59:59.999Z', '2026-01-31/2026-02-28'],
    ['2026-01-31T00:00:00Z', '2026-02-28T00:00:00Z', '2026-02-28T00:00:00.000Z', '2026-02-28/2026-03-28'],
    ['2026-01-15T10:00:00Z', '2026-02-15T10:00:00Z', '2026-02-15T09:59:59.999Z', '2026-01-15/2026-02-15'],
    ['2026-01-15T10:00:00Z', '2026-02-15T10:00:00Z', '2026-06-20T00:00:00.000Z', '2026-06-15/2026-07-15'],
    ['2026-01-15T10:00:00Z', '2027-01-15T10:00:00Z', '2026-12-31T00:00:00.000Z', '2026-01-15/2027-01-15'],
    ['2026-01-15T10:00:00Z', '2027-01-15T10:00:00Z', '2027-03-01T00:00:00.000Z', '2027-01-15/2028-01-15'],
    // A trial of two weeks that was not heard of since.
    ['2026-01-01T00:00:00Z', '2026-01-15T00:00:00Z', '2026-01-20T00:00:00.000Z', '2026-01-15/2026-02-15'],
    [null, null, '2026-02-10T00:00:00.000Z', '2026-02-01/2026-03-01'],
    ['2026-03-15T00:00:00Z', '2026-04-15T00:00:00Z', '2026-02-10T00:00:00.000Z', '2026-02-01/2026-03-01'],
  ])('billed from %s until %s is, at %s, %s', (from, until, at, period) => expect(spelled(from, until, at)).toBe(period));

  it('holds every instant it is asked for', () => {
    const times = fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 400 }), times, (from, days, at) => {
        const until = new Date(from.getTime() + days * 86_400_000);
        const { start, end } = billingPeriodOf({ billedFrom: from.toISOString(), billedUntil: until.toISOString() }, at);
        expect(start <= at && at < end).toBe(true);
      }),
    );
  });
});
