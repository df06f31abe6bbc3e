import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { ImportRefusedError } from '#control/lifecycle/export/export.errors.js';
import { type ExportManifest, manifestFacts, SignedManifest } from '#control/lifecycle/export/export-manifest.js';
import { isSignedBy } from '#workspace/audit/audit-signer.js';

/** An export as a folder, held against its manifest before anything of it is used. */
export class ImportFolder {
  private constructor(
    private readonly folder: string,
    readonly manifest: ExportManifest,
  ) {}

  /**
   * Reads every file once. Raises ImportRefusedError when a file is missing, was changed, or the manifest was; whose signature it is, is not
   * asked: an export of another platform is as good.
   */
  static async open(folder: string): Promise<ImportFolder> {
    const { manifest, signature } = await signedManifest(folder);
    if (!isSignedBy(manifest.publicKey, manifestFacts(manifest), Buffer.from(signature, 'base64')))
      throw new ImportRefusedError('its manifest was changed');
    const opened = new ImportFolder(folder, manifest);
    for (const { name, sha256 } of manifest.tables) await requireHash(opened.#fileOf(name), sha256);
    for (const { path, sha256 } of manifest.objects) await requireHash(opened.#objectOf(path), sha256);
    return opened;
  }

  lines(table: string): AsyncIterable<string> {
    return createInterface({ input: createReadStream(this.#fileOf(table)), crlfDelay: Infinity });
  }

  object(path: readonly string[]): Readable {
    return createReadStream(this.#objectOf(path));
  }

  #fileOf(table: string): string {
    return join(this.folder, 'tables', `${table}.ndjson`);
  }

  #objectOf(path: readonly string[]): string {
    return join(this.folder, 'objects', ...path);
  }
}

async function signedManifest(folder: string): Promise<SignedManifest> {
  try {
    return SignedManifest.parse(JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')));
  } catch (error) {
    throw new ImportRefusedError('it has no manifest of an export', { cause: error });
  }
}

async function requireHash(file: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    throw new ImportRefusedError('a file of it is missing', { cause: error });
  }
  if (hash.digest('hex') !== sha256) throw new ImportRefusedError('a file of it was changed');
}
