import type { IncomingMessage } from 'node:http';

const LARGEST_BODY = 128 * 1024 * 1024;

/** One request, read whole; path and query are as they were sent, because a signature covers exactly that. */
export interface S3Request {
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** Raises when the connection is cut before the end, or the body is larger than 128 MiB. */
export async function readS3Request(request: IncomingMessage): Promise<S3Request> {
  const [rawPath = '/', rawQuery = ''] = (request.url ?? '/').split(/\?(.*)/s);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RangeError('The request body is too large.');
    chunks.push(chunk);
  }
  const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  return { method: request.method ?? 'GET', rawPath, rawQuery, headers, body: Buffer.concat(chunks) };
}
