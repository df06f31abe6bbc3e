import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { AppError } from '#kernel/errors/app-error.js';
import type { DeclaredObject, StoredObject } from '#workspace/objects/object-store.js';
import { UploadInterruptedError, WrongObjectChecksumError, WrongObjectSizeError } from '#workspace/objects/objects.errors.js';

/** A body on its way into a store, measured as it passes: its last byte passes only if it is what was declared. For adapters; make it before the first `await`. */
export class CheckedUpload {
  readonly #hash = createHash('sha256');
  #size = 0;
  #sha256: string | undefined;
  #failure: AppError | undefined;

  constructor(
    private readonly body: Readable,
    private readonly declared: DeclaredObject,
  ) {
    // A body that fails before anybody reads it must not end the process; reading it then tells.
    body.once('error', () => undefined);
  }

  /** Why the body cannot be kept, once that is known; anything else that went wrong is the store's doing. */
  get failure(): AppError | undefined {
    return this.#failure;
  }

  /** What has passed; raises a TypeError before the end. */
  get stored(): StoredObject {
    if (this.#sha256 === undefined) throw new TypeError('The body has not been read to its end.');
    return { size: this.#size, sha256: this.#sha256 };
  }

  /** The bytes, once; raises `failure`. Stopping early leaves the body open: closing a request's body would cut the caller off before the answer. */
  async *chunks(): AsyncGenerator<Buffer, void> {
    const source = this.body.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
    try {
      // One chunk stays back: the last is passed on only once the whole is known to be right.
      let held: Buffer | undefined;
      for (let next = await this.#read(source); next; next = await this.#read(source)) {
        if (held) yield held;
        held = next;
      }
      this.#finish();
      if (held) yield held;
    } finally {
      await source.return?.();
    }
  }

  async #read(source: AsyncIterator<unknown>): Promise<Buffer | undefined> {
    const next = await source.next().catch((error: unknown) => this.#fail(new UploadInterruptedError(error)));
    if (next.done) return undefined;
    const chunk = Buffer.isBuffer(next.value) ? next.value : Buffer.from(next.value as Uint8Array | string);
    this.#size += chunk.length;
    if (this.#size > this.declared.size) this.#fail(new WrongObjectSizeError(this.declared.size, this.#size));
    this.#hash.update(chunk);
    return chunk;
  }

  #finish(): void {
    const { size, sha256 } = this.declared;
    if (this.#size !== size) this.#fail(new WrongObjectSizeError(size, this.#size));
    this.#sha256 = this.#hash.digest('hex');
    if (sha256 !== undefined && sha256 !== this.#sha256) this.#fail(new WrongObjectChecksumError(sha256, this.#sha256));
  }

  #fail(failure: AppError): never {
    this.#failure = failure;
    throw failure;
  }
}
