import type { Tenant } from '#kernel/tenancy/tenant.js';

/** From `start` on and before `end`. */
export interface BillingPeriod {
  readonly start: Date;
  readonly end: Date;
}

/**
 * The billing period an instant lies in. After the last one that is known, periods of the same number of months follow (at least one), so
 * that a late word of the renewal does not keep the old one open; before it and without one, months of the calendar in UTC.
 */
export function billingPeriodOf({ billedFrom, billedUntil }: Pick<Tenant, 'billedFrom' | 'billedUntil'>, at: Date): BillingPeriod {
  if (billedFrom === null || billedUntil === null) return calendarMonth(at);
  const known = { start: new Date(billedFrom), end: new Date(billedUntil) };
  if (at < known.start || known.end <= known.start) return calendarMonth(at);
  if (at < known.end) return known;
  const months = Math.max(1, monthsBetween(known.start, known.end));
  const passed = Math.max(0, Math.floor(monthsBetween(known.end, at) / months) - 1);
  for (let count = passed; ; count += 1) {
    const [start, end] = [monthsAfter(known.end, count * months), monthsAfter(known.end, (count + 1) * months)];
    if (at < end) return { start, end };
  }
}

function calendarMonth(at: Date): BillingPeriod {
  const start = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1));
  return { start, end: monthsAfter(start, 1) };
}

/** Of the 31st, a shorter month has its last day. */
function monthsAfter(from: Date, count: number): Date {
  const [year, month] = [from.getUTCFullYear(), from.getUTCMonth() + count];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const after = new Date(from);
  after.setUTCFullYear(year, month, Math.min(from.getUTCDate(), lastDay));
  return after;
}

/** To the nearest: a trial of two weeks has none. */
function monthsBetween(from: Date, until: Date): number {
  return Math.round((until.getTime() - from.getTime()) / (30.4375 * 86_400_000));
}
