import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { S3ObjectStore } from '#adapters/object-store/s3-object-store.js';
import type { S3Options } from '#adapters/object-store/s3-client.js';
import { until } from '#testing/faults/until.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { askStandIn, planFaults, readLog } from '#tools/stand-ins/common/stand-in-control.js';
import type { S3Fault } from '#tools/stand-ins/s3/s3-fault.js';
import { S3StandIn } from '#tools/stand-ins/s3/s3-stand-in.js';
import { keepsObjects } from '#workspace/objects/object-store.contract.js';

const PATIENCE_MS = 1_500;
const credentials = { accessKeyId: 'AKIASTANDIN', secretAccessKey: 'hunter2/+hunter2' };
const stores: S3ObjectStore[] = [];
let standIn: S3StandIn;
let proxy: TcpProxy;

beforeAll(async () => {
  standIn = await S3StandIn.start({ ...credentials, region: 'eu-west-1', buckets: ['files'], pageSize: 2, port: 0 });
  proxy = await TcpProxy.to(standIn.url);
});
afterEach(async () => {
  await planFaults<S3Fault>(standIn, { always: null });
  await askStandIn(standIn, 'DELETE', '/_control/log');
  await proxy.pass();
});
afterAll(async () => {
  closeStores();
  await proxy.close();
  await standIn.stop();
});

function closeStores(): void {
  for (const store of stores.splice(0)) store.close();
}

function openStore(options: Partial<S3Options> = {}): S3ObjectStore {
  const endpoint = proxy.through(standIn.url);
  const store = new S3ObjectStore({
    endpoint,
    region: 'eu-west-1',
    bucket: 'files',
    credentials,
    forcePathStyle: true,
    patienceMs: PATIENCE_MS,
    ...options,
  });
  stores.push(store);
  return store;
}

const put = (store: S3ObjectStore, key: string, content: Buffer) =>
  store.put(key, Readable.from([content], { objectMode: false }), { size: content.length, contentType: 'text/plain' });
const unavailable = { code: 'objects.unavailable' };

describe.each([
  ['refuses connections', () => proxy.refuse()],
  ['says nothing more', async () => proxy.silence()],
  ['is gone', () => proxy.vanish()],
])('object store in a bucket whose server %s when away', (_title, leave) => {
  keepsObjects(async () => ({
    store: openStore(),
    patienceMs: PATIENCE_MS,
    everything: async () => [...standIn.buckets.require('files').keys()],
    leave,
    comeBack: () => proxy.pass(),
    close: async () => undefined,
  }));
});

describe('object store in a bucket', () => {
  afterEach(closeStores);

  it('keeps the content type, for those who look at the bucket', async () => {
    await put(openStore(), 'a/b', Buffer.from('x'));
    expect(standIn.buckets.require('files').get('a/b')).toMatchObject({ contentType: 'text/plain', content: Buffer.from('x') });
    await openStore().delete('a/b');
  });

  it('asks a failing server twice at most, and uploads once', async () => {
    await planFaults<S3Fault>(standIn, { always: { status: 503 } });
    const store = openStore();
    await expect(store.get('a')).rejects.toMatchObject(unavailable);
    await expect(put(store, 'b', Buffer.from('x'))).rejects.toMatchObject(unavailable);
    const asked = (await readLog(standIn)).map(({ method, status }) => `${method} ${status}`);
    expect(asked).toEqual(['GET 503', 'GET 503', 'PUT 503']);
  });

  it('reads what a first failure kept it from', async () => {
    const store = openStore();
    await put(store, 'a', Buffer.from('x'));
    await planFaults<S3Fault>(standIn, { next: [{ drop: true }] });
    expect((await buffer((await store.get('a')).body)).toString()).toBe('x');
    await store.delete('a');
  });

  it.each([
    ['another secret', { credentials: { ...credentials, secretAccessKey: 'hunter3' } }],
    ['another key', { credentials: { ...credentials, accessKeyId: 'AKIAOTHER' } }],
    ['another region', { region: 'us-east-1' }],
    ['a bucket that is not there', { bucket: 'nowhere' }],
  ])('takes %s for a store that is not available, and tells no secret', async (_title, options) => {
    const store = openStore(options);
    for (const work of [store.get('a'), store.delete('a'), store.deletePrefix('a/'), put(store, 'a', Buffer.from('x'))]) {
      const error: unknown = await work.catch((reason: unknown) => reason);
      expect(error).toMatchObject(unavailable);
      expect(inspect(error, { depth: 10 })).not.toMatch(/hunter/);
    }
  });

  it.each<[string, S3Fault]>([
    ['breaks off', { drop: 'midway' }],
    ['is not what was stored', { corrupt: true }],
  ])('ends a body that %s in an error', async (_title, fault) => {
    const store = openStore();
    await put(store, 'a', randomBytes(1_000_000));
    await planFaults<S3Fault>(standIn, { next: [fault] });
    await expect(store.get('a').then(({ body }) => buffer(body))).rejects.toMatchObject(unavailable);
    await store.delete('a');
  });

  it('ends a body in an error when the server falls silent in its midst', async () => {
    const store = openStore();
    await put(store, 'a', randomBytes(8_000_000));
    const { body } = await store.get('a');
    const begun = performance.now();
    const whole = expect(buffer(body)).rejects.toMatchObject(unavailable);
    proxy.silence();
    await whole;
    expect(performance.now() - begun).toBeLessThan(PATIENCE_MS + 2_000);
    await proxy.pass();
    await store.delete('a');
  });

  it('lets a slow reader and a slow uploader take their time', async () => {
    const store = openStore({ patienceMs: 1_000 });
    const content = randomBytes(3_000_000);
    const slowly = new PassThrough();
    const stored = store.put('a', slowly, { size: content.length, contentType: 'text/plain' });
    for (const from of [0, 100_000, 200_000]) {
      slowly.write(content.subarray(from, from + 100_000));
      await until(() => slowly.readableLength === 0, 5_000);
    }
    await pause(2_000);
    slowly.end(content.subarray(300_000));
    await stored;
    const { body } = await store.get('a');
    const chunks: Buffer[] = [];
    for await (const chunk of body) {
      if (chunks.length === 1) await pause(2_000);
      chunks.push(chunk as Buffer);
    }
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    await store.delete('a');
  });

  it('takes in no more of a body than the server takes from it', async () => {
    const store = openStore();
    let given = 0;
    const piece = randomBytes(1_000);
    const endless = Readable.from(
      (function* () {
        for (; given < 64_000_000; given += piece.length) yield piece;
      })(),
      { objectMode: false },
    );
    proxy.silence();
    await expect(store.put('a', endless, { size: 64_000_000, contentType: 'text/plain' })).rejects.toMatchObject(unavailable);
    expect(given).toBeLessThan(16_000_000);
  });

  it('holds no connection for a body that nobody reads', async () => {
    const store = openStore();
    await put(store, 'a', randomBytes(8_000_000));
    const { body } = await store.get('a');
    body.destroy();
    await until(() => proxy.openSockets === 0, 5_000);
    await store.delete('a');
  });

  it('holds no connection for an upload that was refused', async () => {
    const store = openStore();
    const wrong = { size: 3_000_000, contentType: 'text/plain', sha256: '0'.repeat(64) };
    await expect(store.put('a', Readable.from([randomBytes(3_000_000)]), wrong)).rejects.toMatchObject({ code: 'objects.wrong-checksum' });
    await until(() => proxy.openSockets === 0, 5_000);
  });
});
