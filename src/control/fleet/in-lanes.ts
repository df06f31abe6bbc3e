/** Runs `work` so many times at once. The first that fails ends the others by their signal; raises what it raised, when all have ended. */
export async function inLanes(count: number, signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const failed = new AbortController();
  const within = AbortSignal.any([signal, failed.signal]);
  const outcomes = await Promise.allSettled(
    Array.from({ length: count }, () =>
      work(within).catch((error: unknown) => {
        failed.abort(error);
        throw error;
      }),
    ),
  );
  const first = failed.signal.aborted ? (failed.signal.reason as Error) : undefined;
  if (outcomes.some(({ status }) => status === 'rejected')) throw first ?? new Error('a part of the work was ended');
}
