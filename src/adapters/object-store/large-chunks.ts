const SMALLEST = 64 * 1024;

/**
 * The same bytes in pieces of at least 64 KiB, the last one aside: S3 refuses a signed stream with others below 8 KiB (InvalidChunkSizeError).
 * The SDK's own `requestStreamBufferSize` would do it too, but takes in the whole body however slowly the store reads.
 */
export async function* largeChunks(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < SMALLEST) continue;
    yield Buffer.concat(waiting, size);
    waiting = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(waiting, size);
}
