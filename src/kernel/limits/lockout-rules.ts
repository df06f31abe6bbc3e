/** How failures turn into waiting; times in milliseconds. */
export interface LockoutRules {
  /** The failure from which on an account waits. */
  readonly failures: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** The failure from which on a peer waits for the end of its window. */
  readonly peerFailures: number;
  /** Counted from the first failure; for an account that has to wait, from the end of its wait. */
  readonly windowMs: number;
}

export const LOCKOUT_RULES: LockoutRules = {
  failures: 5,
  firstDelayMs: 1_000,
  longestDelayMs: 900_000,
  peerFailures: 50,
  windowMs: 900_000,
};

/** How long an account that failed so often waits after its last failure. */
export function delayAfter(failures: number, { failures: from, firstDelayMs, longestDelayMs }: LockoutRules): number {
  return failures < from ? 0 : Math.min(firstDelayMs * 2 ** Math.min(failures - from, 30), longestDelayMs);
}
