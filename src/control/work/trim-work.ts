import type { PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';

/** Days for which what was done or taken back is remembered. */
const KEPT_DAYS = 90;
const TRIM_WORK = { name: 'work.trim', steps: [{ name: 'trim' }] } as const;

/** What remembers what was done, and can forget what is older than so many days. */
export interface Remembering {
  trim(days: number): Promise<void>;
}

/** Takes away the records of what ended well long ago. */
export function trimWork(books: readonly Remembering[]): WorkKind {
  const run = async (): Promise<void> => {
    for (const book of books) await book.trim(KEPT_DAYS);
  };
  return { ...TRIM_WORK, steps: [{ name: 'trim', run }] };
}

export const TRIM_WORK_DAILY: PlatformSchedule = { name: 'work.trim', kind: TRIM_WORK, every: { dayAt: { hour: 3, minute: 10 } } };
