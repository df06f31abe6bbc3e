import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readLog } from '../common/stand-in-control.js';
import { S3StandIn } from './s3-stand-in.js';

const credentials = { accessKeyId: 'AKIASTANDIN', secretAccessKey: 'secret/+of/the/stand-in' };
const clients: S3Client[] = [];
let standIn: S3StandIn;
let client: S3Client;

beforeAll(async () => {
  standIn = await S3StandIn.start({ ...credentials, region: 'eu-west-1', buckets: ['files'], port: 0 });
  client = openClient();
});
afterAll(async () => {
  for (const each of clients) each.destroy();
  await standIn.stop();
});

function openClient(config: S3ClientConfig = {}): S3Client {
  const logger = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
  const opened = new S3Client({
    endpoint: standIn.url,
    region: 'eu-west-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 1,
    logger,
    ...config,
  });
  clients.push(opened);
  return opened;
}

/** Sends a put whose request is changed after it was signed. */
function putTampered(change: (headers: Record<string, string>) => void, Body: Buffer | Readable = Buffer.from('x')): Promise<unknown> {
  const tampering = openClient();
  tampering.middlewareStack.add(
    (next) => (args) => {
      change((args.request as { headers: Record<string, string> }).headers);
      return next(args);
    },
    { step: 'deserialize', name: 'tamper', priority: 'low' },
  );
  return tampering.send(
    new PutObjectCommand({ Bucket: 'files', Key: 'tampered', Body, ContentLength: Body instanceof Readable ? 30_000 : 1 }),
  );
}

const stream = (): Readable => Readable.from([randomBytes(20_000), randomBytes(10_000)], { objectMode: false });

describe('S3 stand-in, asked by the vendor’s client', () => {
  it.each(['plain', 'with space', 'ünï/cödé', "a+b&c=d?e#f'(g)*h!~%41", '<xml>&amp;'])(
    'keeps, lists and deletes an object named %j',
    async (Key) => {
      await client.send(new PutObjectCommand({ Bucket: 'files', Key, Body: 'content', ContentType: 'text/plain' }));
      const head = await client.send(new HeadObjectCommand({ Bucket: 'files', Key }));
      expect(head).toMatchObject({ ContentLength: 7, ContentType: 'text/plain' });
      const got = await client.send(new GetObjectCommand({ Bucket: 'files', Key }));
      expect(await got.Body?.transformToString()).toBe('content');
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: Key }));
      expect(Contents).toMatchObject([{ Key, Size: 7, ETag: head.ETag }]);
      await client.send(new DeleteObjectsCommand({ Bucket: 'files', Delete: { Objects: [{ Key }] } }));
      await expect(client.send(new GetObjectCommand({ Bucket: 'files', Key }))).rejects.toMatchObject({ name: 'NoSuchKey' });
    },
  );

  it('gives pages of the size asked for, in the order of the bytes', async () => {
    const keys = ['p/Z', 'p/a', 'p/b', 'p/é'];
    for (const Key of keys.toReversed()) await client.send(new PutObjectCommand({ Bucket: 'files', Key, Body: 'x' }));
    const found: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: 'p/', MaxKeys: 3, ContinuationToken }));
      expect(page.KeyCount).toBeLessThanOrEqual(3);
      found.push(...(page.Contents ?? []).map(({ Key }) => Key));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(found).toEqual(keys);
  });

  it('takes a stream, and a checksum of another kind', async () => {
    const put = { Bucket: 'files', Key: 'stream', ContentLength: 30_000 };
    await client.send(new PutObjectCommand({ ...put, Body: stream() }));
    await client.send(new PutObjectCommand({ ...put, Body: stream(), ChecksumAlgorithm: 'SHA256' }));
    const { Body, ChecksumSHA256 } = await client.send(new GetObjectCommand({ Bucket: 'files', Key: 'stream', ChecksumMode: 'ENABLED' }));
    expect(await Body?.transformToByteArray()).toHaveLength(30_000);
    expect(ChecksumSHA256).toMatch(/=$/);
  });

  it.each<[string, S3ClientConfig, string]>([
    ['another secret', { credentials: { ...credentials, secretAccessKey: 'other' } }, 'SignatureDoesNotMatch'],
    ['another key', { credentials: { ...credentials, accessKeyId: 'AKIAOTHER' } }, 'InvalidAccessKeyId'],
    ['another region', { region: 'us-east-1' }, 'AuthorizationHeaderMalformed'],
    ['a clock that is wrong', { systemClockOffset: 20 * 60_000 }, 'RequestTimeTooSkewed'],
    ['no signature', { signer: { sign: async (request) => request } }, 'AccessDenied'],
  ])('refuses %s', async (_title, config, name) => {
    await expect(openClient(config).send(new ListObjectsV2Command({ Bucket: 'files' }))).rejects.toMatchObject({ name });
  });

  it.each<[string, (headers: Record<string, string>) => void, string]>([
    ['a header changed', (headers) => (headers['x-amz-checksum-crc32'] = 'AAAAAA=='), 'SignatureDoesNotMatch'],
    ['a header added', (headers) => (headers['x-amz-acl'] = 'public-read'), 'AccessDenied'],
    ['the payload hash changed', (headers) => (headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'), 'SignatureDoesNotMatch'],
  ])('refuses a signed request with %s', async (_title, change, name) => {
    await expect(putTampered(change)).rejects.toMatchObject({ name });
    await expect(putTampered(change, stream())).rejects.toMatchObject({
      name: expect.stringMatching(/SignatureDoesNotMatch|AccessDenied/),
    });
    expect(standIn.buckets.require('files').has('tampered')).toBe(false);
  });

  it('refuses a stream of small chunks, as the vendor does', async () => {
    const Body = Readable.from([randomBytes(1_000), randomBytes(1_000)], { objectMode: false });
    const put = client.send(new PutObjectCommand({ Bucket: 'files', Key: 'small', Body, ContentLength: 2_000 }));
    await expect(put).rejects.toMatchObject({ name: 'InvalidChunkSizeError' });
  });

  it('refuses a stream of another length than was signed', async () => {
    const put = client.send(new PutObjectCommand({ Bucket: 'files', Key: 'short', Body: stream(), ContentLength: 30_001 }));
    await expect(put).rejects.toMatchObject({ name: 'IncompleteBody' });
    expect(standIn.buckets.require('files').has('short')).toBe(false);
  });

  it('knows no other bucket', async () => {
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'other' }))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  it('logs the path and the status of a request, and nothing of its query or its signature', async () => {
    await client.send(new ListObjectsV2Command({ Bucket: 'files', Prefix: 'private' }));
    const log = await readLog(standIn);
    expect(log.at(-1)).toMatchObject({ method: 'GET', path: '/files/', status: 200 });
    expect(JSON.stringify(log)).not.toMatch(/private|Signature/);
  });
});

function ignore(): void {
  // The specs read the errors.
}
