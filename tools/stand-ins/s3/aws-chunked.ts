import { S3Refusal } from './s3-refusal.js';

const SMALLEST_CHUNK = 8 * 1024;

/** Undoes the content encoding `aws-chunked`: sizes in hexadecimal, data, and the trailing headers; raises S3Refusal on what breaks off or has small chunks before the last. */
export function decodeAwsChunked(body: Buffer): { readonly content: Buffer; readonly trailers: ReadonlyMap<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const end = lineEnd(body, at);
    const size = Number.parseInt(body.toString('latin1', at, end), 16);
    if (!Number.isInteger(size)) throw incomplete();
    at = end + 2;
    if (size === 0) break;
    if (at + size + 2 > body.length) throw incomplete();
    chunks.push(body.subarray(at, at + size));
    at += size + 2;
  }
  if (chunks.slice(0, -1).some(({ length }) => length < SMALLEST_CHUNK))
    throw new S3Refusal(403, 'InvalidChunkSizeError', 'Only the last chunk is allowed to have a size less than 8192 bytes');
  return { content: Buffer.concat(chunks), trailers: trailersIn(body.toString('latin1', at)) };
}

function trailersIn(text: string): Map<string, string> {
  if (!text.endsWith('\r\n')) throw incomplete();
  return new Map(text.split('\r\n').flatMap((line) => (line === '' ? [] : [split(line)])));
}

function split(line: string): [string, string] {
  const [name = '', value = ''] = line.split(/:(.*)/s);
  return [name.trim().toLowerCase(), value.trim()];
}

function lineEnd(body: Buffer, from: number): number {
  const end = body.indexOf('\r\n', from, 'latin1');
  if (end < 0) throw incomplete();
  return end;
}

function incomplete(): S3Refusal {
  return new S3Refusal(400, 'IncompleteBody', 'The request body terminated unexpectedly');
}
