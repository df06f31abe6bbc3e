import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

const BLOCK = 512;
const END = Buffer.alloc(2 * BLOCK);

/** A folder as one stream in the format of `tar` (POSIX ustar), whose length is known before it is read. */
export interface TarOfFolder {
  readonly size: number;
  chunks(): AsyncGenerator<Buffer>;
}

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly size: number;
}

/** The files below `folder`, under `root/`, the manifest first; their times are that of the beginning of time, so that equal folders are equal tars. */
export async function tarOf(folder: string, root: string): Promise<TarOfFolder> {
  const entries: Entry[] = [];
  for (const found of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!found.isFile()) continue;
    const path = join(found.parentPath, found.name);
    entries.push({ path, name: `${root}/${relative(folder, path).split(sep).join('/')}`, size: (await stat(path)).size });
  }
  entries.sort((one, other) => (rank(one) < rank(other) ? -1 : 1));
  const size = entries.reduce((sum, entry) => sum + BLOCK + entry.size + padding(entry.size), END.length);
  return { size, chunks: () => chunksOf(entries) };
}

function rank({ name }: Entry): string {
  return name.endsWith('/manifest.json') ? '' : name;
}

async function* chunksOf(entries: readonly Entry[]): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield headerOf(entry);
    for await (const chunk of createReadStream(entry.path)) yield chunk as Buffer;
    if (padding(entry.size) > 0) yield Buffer.alloc(padding(entry.size));
  }
  yield END;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function headerOf({ name, size }: Entry): Buffer {
  const header = Buffer.alloc(BLOCK);
  const [prefix, last] = splitName(name);
  header.write(last, 0, 100);
  header.write('0000600\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(sizeField(size), 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Eleven octal digits: 8 GB less one byte. */
function sizeField(size: number): string {
  if (size >= 8 ** 11) throw new RangeError('a file is too large for a tar of this format');
  return `${size.toString(8).padStart(11, '0')}\0`;
}

function splitName(name: string): [prefix: string, last: string] {
  if (name.length <= 100) return ['', name];
  const cut = name.indexOf('/', name.length - 101);
  return [name.slice(0, cut), name.slice(cut + 1)];
}
