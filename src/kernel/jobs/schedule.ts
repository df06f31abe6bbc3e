import type { JobHandlerClass } from '#kernel/jobs/job-handler.js';

const DAY_MS = 86_400_000;

/** A kind of job that is wanted again and again, once for every active tenant. */
export interface Schedule {
  /** `room.what-for`; two schedules never share one. */
  readonly name: `${string}.${string}`;
  readonly handler: JobHandlerClass;
  readonly every: Every;
}

/** Milliseconds between two slots, or a time of the day in UTC. */
export type Every = { readonly milliseconds: number } | { readonly dayAt: { readonly hour: number; readonly minute: number } };

/** The number of the slot that an instant lies in: however often and by whomever it is asked for, a slot is one. Slots are counted in UTC. */
export function slotOf(every: Every, at: Date): number {
  const { length, offset } = gridOf(every);
  return Math.floor((at.getTime() - offset) / length);
}

function gridOf(every: Every): { length: number; offset: number } {
  if ('milliseconds' in every) return { length: every.milliseconds, offset: 0 };
  return { length: DAY_MS, offset: (every.dayAt.hour * 60 + every.dayAt.minute) * 60_000 };
}
