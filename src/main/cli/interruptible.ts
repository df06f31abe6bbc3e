const CODES = { SIGINT: 130, SIGTERM: 143 } as const;
/** Longer than what is under way takes to be handed back. */
const ENDS_WITHIN_MS = 10_000;

/** The process was told to end while it was at something. */
export class InterruptedError extends Error {
  /** What a shell expects of who ends for a signal. */
  readonly exitCode: number;

  constructor(name: keyof typeof CODES) {
    super(`ended by ${name}`);
    this.exitCode = CODES[name];
  }
}

/**
 * Does `work` with a signal that SIGINT or SIGTERM aborts; raises InterruptedError then. Further ones change nothing, because a terminal and
 * whoever passes signals on both send one; a process that has not ended in time is ended.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const told = new AbortController();
  const names = Object.keys(CODES) as (keyof typeof CODES)[];
  const heed = (name: keyof typeof CODES): void => {
    if (told.signal.aborted) return;
    told.abort(new InterruptedError(name));
    setTimeout(() => process.exit(CODES[name]), ENDS_WITHIN_MS).unref();
  };
  for (const name of names) process.on(name, heed);
  try {
    return await work(told.signal);
  } catch (error) {
    throw told.signal.aborted ? (told.signal.reason as Error) : error;
  } finally {
    // Who was told ends: a signal that comes late must not cut that short.
    if (!told.signal.aborted) for (const name of names) process.off(name, heed);
  }
}
