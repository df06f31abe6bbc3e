export type Interval = 'day' | 'week' | 'month' | 'year';

export const DAY = 86_400;

/** Seconds since 1970 after `count` intervals; a day that the month does not have becomes its last. */
export function later(from: number, interval: Interval, count: number): number {
  if (interval === 'day') return from + count * DAY;
  if (interval === 'week') return from + count * 7 * DAY;
  const date = new Date(from * 1_000);
  const months = date.getUTCMonth() + (interval === 'year' ? 12 : 1) * count;
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), months + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  const midnight = Date.UTC(date.getUTCFullYear(), months, day);
  return (midnight - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate())) / 1_000 + from;
}

/** When the period that holds `at` ends, counted from the anchor so that a short month shifts nothing. */
export function periodEnd(anchor: number, interval: Interval, count: number, at: number): number {
  let periods = 1;
  while (later(anchor, interval, periods * count) <= at) periods += 1;
  return later(anchor, interval, periods * count);
}
