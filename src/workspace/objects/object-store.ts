import type { Readable } from 'node:stream';

/** What the caller says of a body before its first byte; a body that turns out otherwise is refused and not kept. */
export interface DeclaredObject {
  /** Bytes, exactly. */
  readonly size: number;
  /** Kept by stores that can, for those who look at the store by other means; `get` does not give it back. */
  readonly contentType: string;
  /** Lower-case hexadecimal. */
  readonly sha256?: string | undefined;
}

/** What was stored: bytes, and the lower-case hexadecimal SHA-256 of them. */
export interface StoredObject {
  readonly size: number;
  readonly sha256: string;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
}

/**
 * Where files live: whole objects under keys (see requireObjectKey), replaced in one step and never changed. Features use TenantObjects, which makes the keys.
 * Raises InvalidObjectKeyError and ObjectStoreUnavailableError; the latter within the store's time-out, also from the body that `get` gave.
 */
export interface ObjectStore {
  /**
   * Resolves once the object is kept for good; until then readers see what was there before, and after a failure too.
   * Raises WrongObjectSizeError, WrongObjectChecksumError and UploadInterruptedError; the rest of the body is then left unread and open, for the caller to close.
   */
  put(key: string, body: Readable, declared: DeclaredObject): Promise<StoredObject>;
  /** The body must be read or destroyed: it holds a file or a connection. Raises ObjectNotFoundError. */
  get(key: string): Promise<{ readonly body: Readable; readonly size: number }>;
  /** Succeeds when there is no such object. In a bucket that keeps versions the older ones stay, until a rule of the bucket ends them. */
  delete(key: string): Promise<void>;
  /** Deletes every object below a prefix, which ends in a slash, and tells how many those were. */
  deletePrefix(prefix: string): Promise<number>;
  /** Every object below a prefix, which ends in a slash; in no promised order. */
  list(prefix: string): AsyncIterable<ListedObject>;
}

/**
 * Sees below a prefix, which ends in a slash, everything that the store has there, also what was not put there as an object: for whoever has to
 * be sure that it is gone. Raises ObjectStoreUnavailableError.
 */
export interface ObjectTraces {
  countBelow(prefix: string): Promise<number>;
  /** Takes it all away, with every version there is. */
  purge(prefix: string): Promise<void>;
}
