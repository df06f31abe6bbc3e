/** How many rows one statement takes away at most, so that it ends well before its deadline whatever plan it is given. */
export const TRIM_BATCH = 500;
const BATCHES = 400;

/**
 * Takes away batch after batch until one is not full or the signal is aborted; what is left after four hundred is left to the next run.
 * `trim` takes away up to `atMost` rows and gives how many it took; the job must be of `own` transactions, so that each batch is its own.
 */
export async function trimBatches(
  signal: AbortSignal,
  trim: (atMost: number) => Promise<{ readonly numDeletedRows: bigint }>,
): Promise<void> {
  for (let batch = 0; batch < BATCHES && !signal.aborted; batch += 1) {
    const { numDeletedRows } = await trim(TRIM_BATCH);
    if (numDeletedRows < TRIM_BATCH) return;
  }
}
