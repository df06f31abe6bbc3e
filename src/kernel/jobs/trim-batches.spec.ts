import { TRIM_BATCH, trimBatches } from '#kernel/jobs/trim-batches.js';

describe('what is taken away in batches', () => {
  const over = new AbortController();
  const taken: number[] = [];
  const trimFrom = (rows: number, signal: AbortSignal, then = (): void => undefined): Promise<void> =>
    trimBatches(signal, (atMost) => {
      const batch = Math.min(atMost, rows);
      rows -= batch;
      taken.push(batch);
      then();
      return Promise.resolve({ numDeletedRows: BigInt(batch) });
    });

  beforeEach(() => taken.splice(0));

  it('goes until a batch is not full', async () => {
    await trimFrom(2 * TRIM_BATCH + 7, new AbortController().signal);
    expect(taken).toEqual([TRIM_BATCH, TRIM_BATCH, 7]);
  });

  it('ends with the batch in which its time is over', async () => {
    await trimFrom(1_000_000, over.signal, () => over.abort());
    expect(taken).toEqual([TRIM_BATCH]);
  });

  it('leaves to the next run what is more than four hundred batches', async () => {
    await trimFrom(401 * TRIM_BATCH, new AbortController().signal);
    expect(taken).toHaveLength(400);
  });
});
