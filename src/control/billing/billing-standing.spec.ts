import { owingSince, standingOf } from '#control/billing/billing-standing.js';

const DAY_MS = 86_400_000;
const since = new Date('2026-03-01T12:00:00Z');
const after = (days: number, milliseconds = 0): Date => new Date(since.getTime() + days * DAY_MS + milliseconds);
const facts = { pastDueSince: null, unpaidSince: null, periodEnd: after(30) };
const said = (status: Parameters<typeof standingOf>[0]['status'], more: object, now: Date): string => {
  const { access, status: standing } = standingOf({ ...facts, status, ...more }, now);
  return `${access ?? '-'}/${standing ?? '-'}`;
};

describe('what a tenant may by what it pays', () => {
  it.each(['trialing', 'active'] as const)('is everything when %s', (status) => expect(said(status, {}, since)).toBe('full/active'));

  it.each([
    ['at once', since, 'full/active'],
    ['after 6 days, 23 hours and 59 minutes', after(7, -60_000), 'full/active'],
    ['after 7 days', after(7), 'read-only/active'],
    ['a millisecond before 14 days', after(14, -1), 'read-only/active'],
    ['after 14 days', after(14), 'read-only/suspended'],
  ])('of one that owes is %s: %s, %s', (_when, now, standing) => expect(said('past_due', { pastDueSince: since }, now)).toBe(standing));

  it.each([
    ['at once', { unpaidSince: since }, since, 'read-only/active'],
    ['before 7 days', { unpaidSince: since }, after(7, -1), 'read-only/active'],
    ['after 7 days', { unpaidSince: since }, after(7), 'read-only/suspended'],
    ['when it had owed for 14 days before', { unpaidSince: after(13), pastDueSince: since }, after(14), 'read-only/suspended'],
  ])('of one that is given up is %s: reading only, then nothing', (_when, more, now, standing) =>
    expect(said('unpaid', more, now)).toBe(standing),
  );

  it('is reading only when it is paused, and what it was while a first payment is waited for', () => {
    expect([said('paused', {}, since), said('incomplete', {}, since)]).toEqual(['read-only/active', '-/-']);
  });

  it.each(['canceled', 'incomplete_expired'] as const)('is what it was until the paid period of a %s one ends, and then over', (status) => {
    expect([said(status, {}, after(30, -1)), said(status, {}, after(30))]).toEqual(['-/-', '-/cancelled']);
  });

  it('is not more because what was owed was cancelled', () => {
    expect(said('canceled', { pastDueSince: since }, after(8))).toBe('read-only/active');
    expect(said('canceled', { pastDueSince: since }, after(14))).toBe('read-only/suspended');
  });

  it('is counted from the first sight, however often it fails again, until it pays', () => {
    const first = owingSince('past_due', null, since);
    expect(owingSince('past_due', first, after(3))).toEqual({ pastDueSince: since, unpaidSince: null });
    expect(owingSince('unpaid', first, after(5))).toEqual({ pastDueSince: since, unpaidSince: after(5) });
    expect(owingSince('active', first, after(5))).toEqual({ pastDueSince: null, unpaidSince: null });
    expect(owingSince('past_due', owingSince('active', first, after(5)), after(6)).pastDueSince).toEqual(after(6));
  });
});
