import { rowTime } from '#kernel/model/row-time.js';

const MILLISECONDS = '.000';

/**
 * A time of a typed read as callers see it. What PostgreSQL writes in UTC for the years 1000 to 9999 has the same parts in the same places, and
 * a page of a list has hundreds of them: they are copied and not read.
 */
export function rowTimeText(time: Date | string): string {
  if (typeof time !== 'string' || time[4] !== '-' || time[10] !== ' ' || time.length > 26 || !time.endsWith('+00'))
    return rowTime(time).toISOString();
  const clock = time.slice(11, -3);
  return `${time.slice(0, 10)}T${clock}${MILLISECONDS.slice(clock.length - 8)}Z`;
}
