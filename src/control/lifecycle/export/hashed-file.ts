import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

const FLUSH_AT = 256 * 1024;

/** A new file, 0600, written in large pieces, that knows its size and its SHA-256. */
export class HashedFile {
  readonly #hash: Hash = createHash('sha256');
  #waiting: Buffer[] = [];
  #bytesWaiting = 0;
  size = 0;

  private constructor(private readonly file: FileHandle) {}

  /** Raises EEXIST. */
  static async create(path: string): Promise<HashedFile> {
    return new HashedFile(await open(path, 'wx', 0o600));
  }

  async write(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk);
    this.size += chunk.length;
    this.#waiting.push(chunk);
    this.#bytesWaiting += chunk.length;
    if (this.#bytesWaiting >= FLUSH_AT) await this.#flush();
  }

  /** On the disk for good; gives the hash in hexadecimal. */
  async finish(): Promise<string> {
    await this.#flush();
    await this.file.sync();
    await this.file.close();
    return this.#hash.digest('hex');
  }

  /** For one that is given up. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const chunks = this.#waiting;
    this.#waiting = [];
    this.#bytesWaiting = 0;
    if (chunks.length > 0) await this.file.writev(chunks);
  }
}
