import { setTimeout as pause } from 'node:timers/promises';

/** Waits for a fact and gives how many milliseconds it took; raises when it does not come true in time. */
export async function until(isTrue: () => boolean | Promise<boolean>, withinMs: number): Promise<number> {
  const begun = performance.now();
  while (!(await isTrue())) {
    if (performance.now() - begun > withinMs) throw new Error(`It did not come true within ${withinMs} ms: ${isTrue.toString()}`);
    await pause(20);
  }
  return performance.now() - begun;
}
