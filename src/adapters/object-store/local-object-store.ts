import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { CheckedUpload } from '#workspace/objects/checked-upload.js';
import { requireObjectKey, requireObjectPrefix } from '#workspace/objects/object-key.js';
import type { DeclaredObject, ListedObject, ObjectStore, ObjectTraces, StoredObject } from '#workspace/objects/object-store.js';
import { ObjectNotFoundError, ObjectStoreUnavailableError } from '#workspace/objects/objects.errors.js';
import { isErrno } from './errno.js';
import { makeFolder, pruneFolders, syncFolder } from './folders.js';
import { outgoingBody } from './outgoing-body.js';

const ENDING = '.object';
const DRAFT_LIFETIME_MS = 24 * 3_600_000;
const PUBLISH_ATTEMPTS = 100;

/**
 * Objects as files below one folder, 0600; processes on one machine may share it. An upload is a draft beside the objects until it is whole and on the disk.
 * A folder that vanishes (an unmounted disk) makes the store unavailable, not empty. There is no time-out: a disk that hangs, hangs.
 */
export class LocalObjectStore implements ObjectStore, ObjectTraces {
  readonly #objects: string;
  readonly #drafts: string;

  private constructor(root: string) {
    this.#objects = join(root, 'objects');
    this.#drafts = join(root, 'drafts');
  }

  /** Makes the folder if need be, and removes drafts older than a day: their processes were killed. */
  static async open(root: string): Promise<LocalObjectStore> {
    const store = new LocalObjectStore(root);
    for (const folder of [store.#objects, store.#drafts]) await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(store.#drafts)) await removeIfOld(join(store.#drafts, name));
    return store;
  }

  async put(key: string, body: Readable, declared: DeclaredObject): Promise<StoredObject> {
    const upload = new CheckedUpload(body, declared);
    const file = this.#fileOf(key);
    const draft = join(this.#drafts, randomUUID());
    try {
      await writeDraft(draft, upload);
      await this.#publish(draft, file);
      return upload.stored;
    } catch (error) {
      throw upload.failure ?? new ObjectStoreUnavailableError(key, error);
    } finally {
      // A disk that fails now as well keeps the draft until a later start; the first failure is the one to report.
      await rm(draft, { force: true }).catch(() => undefined);
    }
  }

  async get(key: string): Promise<{ body: Readable; size: number }> {
    const file = this.#fileOf(key);
    let handle: FileHandle | undefined;
    try {
      handle = await open(file, 'r');
      const { size } = await handle.stat();
      return { body: outgoingBody(handle.createReadStream(), key), size };
    } catch (error) {
      await handle?.close();
      throw (await this.#isAbsence(error)) ? new ObjectNotFoundError(key) : new ObjectStoreUnavailableError(key, error);
    }
  }

  async delete(key: string): Promise<void> {
    await this.#remove(key, this.#fileOf(key));
  }

  async deletePrefix(prefix: string): Promise<number> {
    let count = 0;
    for await (const { key } of this.list(prefix)) if (await this.#remove(key, this.#fileOf(key))) count += 1;
    return count;
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const folder = requireObjectPrefix(prefix).slice(0, -1);
    try {
      yield* this.#walk(folder);
    } catch (error) {
      throw new ObjectStoreUnavailableError(prefix, error);
    }
  }

  async countBelow(prefix: string): Promise<number> {
    const folder = join(this.#objects, requireObjectPrefix(prefix));
    try {
      const entries = await this.#orNothing(readdir(folder, { withFileTypes: true, recursive: true }), []);
      return entries.filter((entry) => !entry.isDirectory()).length;
    } catch (error) {
      throw new ObjectStoreUnavailableError(prefix, error);
    }
  }

  async purge(prefix: string): Promise<void> {
    const folder = join(this.#objects, requireObjectPrefix(prefix));
    try {
      await rm(folder, { recursive: true, force: true });
      await pruneFolders(dirname(folder), this.#objects);
    } catch (error) {
      throw new ObjectStoreUnavailableError(prefix, error);
    }
  }

  async *#walk(folder: string): AsyncIterable<ListedObject> {
    for (const entry of await this.#orNothing(readdir(join(this.#objects, folder), { withFileTypes: true }), [])) {
      if (entry.isDirectory()) yield* this.#walk(`${folder}/${entry.name}`);
      else if (entry.name.endsWith(ENDING)) {
        const found = await this.#orNothing(stat(join(this.#objects, folder, entry.name)), undefined);
        if (found) yield { key: `${folder}/${entry.name.slice(0, -ENDING.length)}`, size: found.size };
      }
    }
  }

  async #publish(draft: string, file: string): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await makeFolder(dirname(file));
        await rename(draft, file);
        break;
      } catch (error) {
        // Deletions may have taken the folder, empty until now, from under the rename.
        if (attempt === PUBLISH_ATTEMPTS || !(await this.#isAbsence(error))) throw error;
      }
    }
    // A folder that is gone again went with the object, which somebody has deleted since.
    await this.#orNothing(syncFolder(dirname(file)), undefined);
  }

  async #remove(key: string, file: string): Promise<boolean> {
    try {
      const wasThere = await this.#orNothing(
        unlink(file).then(() => true),
        false,
      );
      if (wasThere) await pruneFolders(dirname(file), this.#objects);
      return wasThere;
    } catch (error) {
      throw new ObjectStoreUnavailableError(key, error);
    }
  }

  async #orNothing<T>(work: Promise<T>, nothing: T): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (await this.#isAbsence(error)) return nothing;
      throw error;
    }
  }

  /** That there is no such file, said by a store whose own folder is still there. */
  async #isAbsence(error: unknown): Promise<boolean> {
    if (!isErrno(error, 'ENOENT')) return false;
    return stat(this.#drafts).then(
      () => true,
      () => false,
    );
  }

  #fileOf(key: string): string {
    // With an ending of their own, the objects `a` and `a/b` are a file and a folder that do not meet.
    return join(this.#objects, requireObjectKey(key) + ENDING);
  }
}

async function writeDraft(path: string, upload: CheckedUpload): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(upload.chunks());
    await file.sync();
  } finally {
    await file.close();
  }
}

async function removeIfOld(draft: string): Promise<void> {
  try {
    if (Date.now() - (await stat(draft)).mtimeMs > DRAFT_LIFETIME_MS) await unlink(draft);
  } catch (error) {
    // Published or removed meanwhile, by the process that owns it.
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
