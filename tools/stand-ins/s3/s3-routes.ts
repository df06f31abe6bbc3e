import { deleteObjects, listObjects, listVersions } from './bucket-routes.js';
import type { KeptBuckets, KeptObject } from './kept-buckets.js';
import { emptyAnswer, type S3Answer } from './s3-answer.js';
import type { S3Payload } from './s3-payload.js';
import { S3Refusal } from './s3-refusal.js';
import type { S3Request } from './s3-request.js';

/** Answers one authenticated request, with the bucket in the path; raises S3Refusal, also for what this stand-in does not speak. */
export function answerS3(buckets: KeptBuckets, request: S3Request, payload: S3Payload, pageSize: number): S3Answer {
  const { method } = request;
  const [, bucket = '', key = ''] = /^\/([^/]+)\/?(.*)$/s.exec(decodeURIComponent(request.rawPath)) ?? [];
  const objects = buckets.require(bucket);
  const query = new URLSearchParams(request.rawQuery);
  if (key === '') {
    if (method === 'GET' && query.get('list-type') === '2') return listObjects(bucket, objects, query, pageSize);
    if (method === 'GET' && query.has('versions')) return listVersions(bucket, objects, query, pageSize);
    if (method === 'POST' && query.has('delete')) return deleteObjects(objects, payload.content.toString('utf8'));
    throw notSpoken(request);
  }
  switch (method) {
    case 'PUT': {
      const { etag } = buckets.put(bucket, key, request.headers.get('content-type') ?? 'binary/octet-stream', payload);
      return emptyAnswer(200, { etag: `"${etag}"` });
    }
    case 'GET':
    case 'HEAD':
      return found(requireObject(objects, key), request);
    case 'DELETE':
      objects.delete(key);
      return emptyAnswer(204);
    default:
      throw notSpoken(request);
  }
}

function requireObject(objects: ReadonlyMap<string, KeptObject>, key: string): KeptObject {
  const object = objects.get(key);
  if (!object) throw new S3Refusal(404, 'NoSuchKey', 'The specified key does not exist.');
  return object;
}

function found({ content, contentType, etag, at, checksum }: KeptObject, { headers }: S3Request): S3Answer {
  const asked = headers.get('x-amz-checksum-mode') === 'ENABLED' && checksum;
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      'last-modified': at.toUTCString(),
      etag: `"${etag}"`,
      ...(asked && { [asked[0]]: asked[1], 'x-amz-checksum-type': 'FULL_OBJECT' }),
    },
    body: content,
  };
}

function notSpoken({ method, rawPath }: S3Request): S3Refusal {
  return new S3Refusal(501, 'NotImplemented', `${method} ${rawPath} is not part of what this stand-in speaks.`);
}
