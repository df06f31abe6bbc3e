import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { AppError } from '#kernel/errors/app-error.js';
import { CheckedUpload } from '#workspace/objects/checked-upload.js';
import { requireObjectKey, requireObjectPrefix } from '#workspace/objects/object-key.js';
import type { DeclaredObject, ListedObject, ObjectStore, ObjectTraces, StoredObject } from '#workspace/objects/object-store.js';
import { ObjectNotFoundError, ObjectStoreUnavailableError } from '#workspace/objects/objects.errors.js';
import { largeChunks } from './large-chunks.js';
import { outgoingBody } from './outgoing-body.js';
import { openS3Client, type S3Options } from './s3-client.js';
import { StoreTimer } from './store-timer.js';

const PATIENCE_MS = 10_000;

/** Objects in a bucket of any store that speaks S3. A slow caller may take its time; a store that is slow or silent for `patienceMs` is given up. */
export class S3ObjectStore implements ObjectStore, ObjectTraces {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #patienceMs: number;

  constructor(options: S3Options) {
    this.#client = openS3Client(options);
    this.#bucket = options.bucket;
    this.#patienceMs = options.patienceMs ?? PATIENCE_MS;
  }

  async put(key: string, body: Readable, declared: DeclaredObject): Promise<StoredObject> {
    const upload = new CheckedUpload(body, declared);
    const Key = requireObjectKey(key);
    return this.#ask(key, async (signal, timer, giveUp) => {
      const Body = Readable.from(timer.whileTaken(largeChunks(endingQuietly(upload, giveUp))), { objectMode: false });
      try {
        const { size: ContentLength, contentType: ContentType } = declared;
        const command = new PutObjectCommand({ Bucket: this.#bucket, Key, Body, ContentLength, ContentType });
        await this.#client.send(command, { abortSignal: signal });
        return upload.stored;
      } catch (error) {
        throw upload.failure ?? error;
      } finally {
        Body.destroy();
      }
    });
  }

  async get(key: string): Promise<{ body: Readable; size: number }> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: requireObjectKey(key) });
    return this.#ask(key, async (abortSignal, timer) => {
      const { Body, ContentLength } = await this.#client.send(command, { abortSignal });
      if (!(Body instanceof Readable) || ContentLength === undefined)
        throw new TypeError('The store answered without a body or its length.');
      return { body: outgoingBody(Body, key, timer), size: ContentLength };
    });
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: requireObjectKey(key) });
    await this.#ask(key, (abortSignal) => this.#client.send(command, { abortSignal }));
  }

  async deletePrefix(prefix: string): Promise<number> {
    let count = 0;
    for await (const { Contents = [] } of this.#pages(prefix)) {
      if (Contents.length === 0) continue;
      await this.#deleteAll(
        prefix,
        Contents.map(({ Key }) => ({ Key })),
      );
      count += Contents.length;
    }
    return count;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    for await (const { Contents = [] } of this.#pages(prefix))
      for (const { Key, Size } of Contents) if (Key !== undefined) yield { key: Key, size: Size ?? 0 };
  }

  /** Versions and marks of deletion count too. */
  async countBelow(prefix: string): Promise<number> {
    let count = 0;
    for await (const { Versions = [], DeleteMarkers = [] } of this.#versionPages(prefix)) count += Versions.length + DeleteMarkers.length;
    return count;
  }

  async purge(prefix: string): Promise<void> {
    for await (const { Versions = [], DeleteMarkers = [] } of this.#versionPages(prefix)) {
      const Objects = [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => ({ Key, VersionId }));
      if (Objects.length > 0) await this.#deleteAll(prefix, Objects);
    }
  }

  /** Ends the connections. */
  close(): void {
    this.#client.destroy();
  }

  async #deleteAll(prefix: string, Objects: { Key: string | undefined; VersionId?: string | undefined }[]): Promise<void> {
    const command = new DeleteObjectsCommand({ Bucket: this.#bucket, Delete: { Objects, Quiet: true } });
    const { Errors: [refused] = [] } = await this.#ask(prefix, (abortSignal) => this.#client.send(command, { abortSignal }));
    if (refused) throw new ObjectStoreUnavailableError(prefix, new Error(`Not every object was deleted: ${refused.Code ?? 'no code'}.`));
  }

  async *#versionPages(prefix: string): AsyncIterable<ListObjectVersionsCommandOutput> {
    const Prefix = requireObjectPrefix(prefix);
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const command = new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix, KeyMarker, VersionIdMarker });
      const page = await this.#ask(prefix, (abortSignal) => this.#client.send(command, { abortSignal }));
      yield page;
      KeyMarker = page.IsTruncated ? page.NextKeyMarker : undefined;
      VersionIdMarker = page.IsTruncated ? page.NextVersionIdMarker : undefined;
    } while (KeyMarker !== undefined);
  }

  async *#pages(prefix: string): AsyncIterable<ListObjectsV2CommandOutput> {
    const Prefix = requireObjectPrefix(prefix);
    let ContinuationToken: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix, ContinuationToken });
      const page = await this.#ask(prefix, (abortSignal) => this.#client.send(command, { abortSignal }));
      yield page;
      ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (ContinuationToken !== undefined);
  }

  /** `giveUp` cuts the connection at once; so does the store's time-out, and every failure, so that no half-sent upload stays open. */
  async #ask<T>(key: string, work: (signal: AbortSignal, timer: StoreTimer, giveUp: () => void) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const giveUp = (): void => controller.abort();
    const timer = new StoreTimer(this.#patienceMs, () =>
      controller.abort(new Error(`The store owed an answer for ${this.#patienceMs} ms.`)),
    );
    timer.start();
    try {
      return await work(controller.signal, timer, giveUp);
    } catch (error) {
      giveUp();
      // The kind, not the status alone: a bucket that is not there answers 404 too.
      if (error instanceof NoSuchKey) throw new ObjectNotFoundError(key);
      throw error instanceof AppError ? error : new ObjectStoreUnavailableError(key, error);
    } finally {
      timer.stop();
    }
  }
}

/** The chunks of an upload; one that fails is cut off and then ends: the SDK neither passes on a stream's error nor survives it. */
async function* endingQuietly(upload: CheckedUpload, giveUp: () => void): AsyncGenerator<Buffer, void> {
  try {
    yield* upload.chunks();
  } catch {
    giveUp();
  }
}
