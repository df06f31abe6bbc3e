import type { KeptObject } from './kept-buckets.js';
import { type S3Answer, xmlAnswer } from './s3-answer.js';
import { S3Refusal } from './s3-refusal.js';
import { xmlTexts } from './xml.js';

const MOST_DELETIONS = 1_000;

/** ListObjectsV2: one page in the order of the keys' bytes, and where the next one begins. */
export function listObjects(bucket: string, objects: ReadonlyMap<string, KeptObject>, query: URLSearchParams, pageSize: number): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url');
  const size = Math.min(Number(query.get('max-keys') ?? pageSize), pageSize);
  const all = [...objects.values()].filter(({ key }) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), after) > 0);
  const page = all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))).slice(0, size);
  const isTruncated = page.length < all.length;
  return xmlAnswer(200, 'ListBucketResult', {
    Name: bucket,
    Prefix: prefix,
    KeyCount: page.length,
    MaxKeys: size,
    IsTruncated: isTruncated,
    NextContinuationToken: isTruncated ? Buffer.from(page.at(-1)?.key ?? '').toString('base64url') : undefined,
    Contents: page.map(({ key, at, etag, content }) => ({
      Key: key,
      LastModified: at.toISOString(),
      ETag: `"${etag}"`,
      Size: content.length,
      StorageClass: 'STANDARD',
    })),
  });
}

/** ListObjectVersions of a bucket that keeps no versions: each object is its only one, named `null` as in the vendor's. */
export function listVersions(bucket: string, objects: ReadonlyMap<string, KeptObject>, query: URLSearchParams, pageSize: number): S3Answer {
  const prefix = query.get('prefix') ?? '';
  const after = Buffer.from(query.get('key-marker') ?? '');
  const all = [...objects.values()].filter(({ key }) => key.startsWith(prefix) && Buffer.compare(Buffer.from(key), after) > 0);
  const page = all.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))).slice(0, pageSize);
  const isTruncated = page.length < all.length;
  return xmlAnswer(200, 'ListVersionsResult', {
    Name: bucket,
    Prefix: prefix,
    MaxKeys: pageSize,
    IsTruncated: isTruncated,
    NextKeyMarker: isTruncated ? page.at(-1)?.key : undefined,
    NextVersionIdMarker: isTruncated ? 'null' : undefined,
    Version: page.map(({ key, at, etag, content }) => ({
      Key: key,
      VersionId: 'null',
      IsLatest: true,
      LastModified: at.toISOString(),
      ETag: `"${etag}"`,
      Size: content.length,
      StorageClass: 'STANDARD',
    })),
  });
}

/** DeleteObjects: keys that are not there count as deleted. */
export function deleteObjects(objects: Map<string, KeptObject>, body: string): S3Answer {
  const keys = xmlTexts(body, 'Key');
  if (keys.length === 0 || keys.length > MOST_DELETIONS)
    throw new S3Refusal(400, 'MalformedXML', 'The XML you provided was not well-formed or did not validate against our published schema');
  for (const key of keys) objects.delete(key);
  const isQuiet = xmlTexts(body, 'Quiet')[0] === 'true';
  return xmlAnswer(200, 'DeleteResult', { Deleted: isQuiet ? [] : keys.map((key) => ({ Key: key })) });
}
