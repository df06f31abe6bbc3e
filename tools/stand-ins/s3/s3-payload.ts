import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { decodeAwsChunked } from './aws-chunked.js';
import { S3Refusal } from './s3-refusal.js';
import type { S3Request } from './s3-request.js';

/** What was sent, and the checksum header it came with, to be given back on reading. */
export interface S3Payload {
  readonly content: Buffer;
  readonly checksum?: readonly [name: string, value: string] | undefined;
}

/** The content of a request, found to be what its hash, its checksums and its length say; raises S3Refusal. */
export function requirePayload(request: S3Request): S3Payload {
  const hash = request.headers.get('x-amz-content-sha256') ?? '';
  if (hash === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER') return streamed(request);
  if (hash !== 'UNSIGNED-PAYLOAD' && hash !== sha256(request.body).toString('hex'))
    throw new S3Refusal(400, 'XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  return { content: request.body, checksum: requireChecksum(request.headers, request.body) };
}

function streamed(request: S3Request): S3Payload {
  const { content, trailers } = decodeAwsChunked(request.body);
  const announced = request.headers.get('x-amz-trailer');
  if (announced === undefined || !trailers.has(announced))
    throw new S3Refusal(400, 'MalformedTrailerError', 'The request contained trailing data that was not well-formed.');
  if (request.headers.get('x-amz-decoded-content-length') !== String(content.length))
    throw new S3Refusal(400, 'IncompleteBody', 'You did not provide the number of bytes specified by the Content-Length HTTP header.');
  return { content, checksum: requireChecksum(trailers, content) };
}

function requireChecksum(headers: ReadonlyMap<string, string>, content: Buffer): readonly [string, string] | undefined {
  const [name, value] = [...headers].find(([each]) => /^x-amz-checksum-(?!algorithm|mode)/.test(each)) ?? [];
  if (name === undefined || value === undefined) return undefined;
  const right = CHECKSUMS[name]?.(content);
  if (right === undefined) throw new S3Refusal(501, 'NotImplemented', `This stand-in does not know ${name}.`);
  if (right !== value) throw new S3Refusal(400, 'BadDigest', `The ${name} you specified did not match what was received.`);
  return [name, value];
}

const CHECKSUMS: Readonly<Record<string, (content: Buffer) => string>> = {
  'x-amz-checksum-crc32': (content) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(crc32(content));
    return bytes.toString('base64');
  },
  'x-amz-checksum-sha256': (content) => sha256(content).toString('base64'),
};

function sha256(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest();
}
