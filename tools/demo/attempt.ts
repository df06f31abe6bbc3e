import { setTimeout as pause } from 'node:timers/promises';

/** Asks until there is an answer, and gives it; null when there is none in time. */
export async function attempt<T>(withinMs: number, ask: () => T | null | Promise<T | null>): Promise<T | null> {
  const until = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null || performance.now() > until) return answer;
    await pause(50);
  }
}
