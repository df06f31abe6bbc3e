import { createHash } from 'node:crypto';
import type { S3Payload } from './s3-payload.js';
import { S3Refusal } from './s3-refusal.js';

/** One object as it was put; `etag` without its quotes. */
export interface KeptObject extends S3Payload {
  readonly key: string;
  readonly contentType: string;
  readonly etag: string;
  readonly at: Date;
}

/** Buckets with their objects, in memory: they end with the process. */
export class KeptBuckets {
  private readonly buckets: ReadonlyMap<string, Map<string, KeptObject>>;

  constructor(names: readonly string[]) {
    this.buckets = new Map(names.map((name) => [name, new Map<string, KeptObject>()]));
  }

  /** The bucket's objects by key; raises the refusal of a bucket that is not there. */
  require(name: string): Map<string, KeptObject> {
    const bucket = this.buckets.get(name);
    if (!bucket) throw new S3Refusal(404, 'NoSuchBucket', 'The specified bucket does not exist');
    return bucket;
  }

  put(bucket: string, key: string, contentType: string, payload: S3Payload): KeptObject {
    const etag = createHash('md5').update(payload.content).digest('hex');
    const kept = { ...payload, key, contentType, etag, at: new Date() };
    this.require(bucket).set(key, kept);
    return kept;
  }
}
