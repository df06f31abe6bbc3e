const BASE_MS = 1_000;
const CAP_MS = 600_000;

/** How long to wait after a failed attempt, in milliseconds: twice as long each time, up to ten minutes, of which a random half is spared, so that those who failed together do not come back together. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 1, 20));
  return Math.round(full * (0.5 + random() / 2));
}
