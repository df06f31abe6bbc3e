import { WorkOrigin } from '#kernel/work/work-origin.js';

/** Runs what an operator does for a reason, which is put on record with it. */
export function becauseOf<T>(reason: string, work: () => T): T {
  const origin = WorkOrigin.current();
  return WorkOrigin.run({ ...origin, operator: { name: origin.operator?.name ?? 'operator', reason } }, work);
}
