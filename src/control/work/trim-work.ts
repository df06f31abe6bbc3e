import type { WorkBook } from '#catalog/work/work-book.js';
import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';

/** Days for which a work that was done or taken back is remembered. */
const KEPT_DAYS = 90;
const TRIM_WORK = { name: 'work.trim', steps: [{ name: 'trim' }] } as const;

/** Takes away the records of works that ended well long ago. */
export function trimWork(book: WorkBook): WorkKind {
  return { ...TRIM_WORK, steps: [{ name: 'trim', run: () => book.trim(KEPT_DAYS) }] };
}

export const TRIM_WORK_DAILY: PlatformSchedule = { name: 'work.trim', kind: TRIM_WORK, every: { dayAt: { hour: 3, minute: 10 } } };
