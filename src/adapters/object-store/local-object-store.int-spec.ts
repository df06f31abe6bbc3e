import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LocalObjectStore } from '#adapters/object-store/local-object-store.js';
import { until } from '#testing/faults/until.js';
import { keepsObjects } from '#workspace/objects/object-store.contract.js';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'objects-'));
});
afterAll(() => rm(home, { recursive: true }));

const put = (store: LocalObjectStore, key: string, text: string) =>
  store.put(key, Readable.from([Buffer.from(text)]), { size: Buffer.byteLength(text), contentType: 'text/plain' });

describe('object store in a folder', () => {
  keepsObjects(async () => {
    const root = join(home, 'contract');
    return {
      store: await LocalObjectStore.open(root),
      patienceMs: 0,
      everything: async () => {
        const entries = await readdir(root, { recursive: true, withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
      },
      leave: () => rename(root, `${root}-unmounted`),
      comeBack: () => rename(`${root}-unmounted`, root),
      close: async () => undefined,
    };
  });

  it('lets only its owner read what it keeps', async () => {
    const root = join(home, 'modes');
    await put(await LocalObjectStore.open(root), 'a/b', 'x');
    const modes = await Promise.all(
      ['objects', 'drafts', 'objects/a', 'objects/a/b.object'].map(async (name) =>
        ((await stat(join(root, name))).mode & 0o777).toString(8),
      ),
    );
    expect(modes).toEqual(['700', '700', '700', '600']);
  });

  it('leaves no folder behind once its last object is deleted', async () => {
    const root = join(home, 'folders');
    const store = await LocalObjectStore.open(root);
    await put(store, 'a/b/c', 'x');
    await put(store, 'a/d', 'x');
    await store.delete('a/b/c');
    expect(await readdir(join(root, 'objects', 'a'))).toEqual(['d.object']);
    await store.delete('a/d');
    expect(await readdir(join(root, 'objects'))).toEqual([]);
  });

  it('takes uploads into a folder that deletions are emptying', async () => {
    const store = await LocalObjectStore.open(join(home, 'emptied'));
    const rounds = Array.from({ length: 8 }, async (_, uploader) => {
      for (let round = 0; round < 100; round += 1) {
        await put(store, `a/b/c/${uploader}`, 'x');
        await store.delete(`a/b/c/${uploader}`);
      }
    });
    await Promise.all(rounds);
    expect(await readdir(join(home, 'emptied', 'objects'))).toEqual([]);
  });

  it('removes the drafts of killed processes when it is opened, and leaves those under way', async () => {
    const root = join(home, 'drafts');
    await LocalObjectStore.open(root);
    const [old, young] = [join(root, 'drafts', 'old'), join(root, 'drafts', 'young')];
    for (const draft of [old, young]) await writeFile(draft, 'half');
    const longAgo = new Date(Date.now() - 25 * 3_600_000);
    await utimes(old, longAgo, longAgo);
    await LocalObjectStore.open(root);
    expect(await readdir(join(root, 'drafts'))).toEqual(['young']);
  });

  it('gives a reader the whole of what it began to read, whatever is put or deleted meanwhile', async () => {
    const store = await LocalObjectStore.open(join(home, 'readers'));
    const text = 'x'.repeat(300_000);
    await put(store, 'a', text);
    const { body } = await store.get('a');
    await put(store, 'a', 'y');
    await store.delete('a');
    expect(Buffer.concat(await body.toArray()).toString()).toBe(text);
  });

  // Only Linux tells which files a process has open.
  (existsSync('/proc/self/fd') ? it : it.skip)('closes the file of a body that nobody reads', async () => {
    const store = await LocalObjectStore.open(join(home, 'handles'));
    await put(store, 'a', 'x');
    const { body } = await store.get('a');
    expect(await openFilesBelow(join(home, 'handles'))).toHaveLength(1);
    body.destroy();
    await until(async () => (await openFilesBelow(join(home, 'handles'))).length === 0, 5_000);
  });
});

async function openFilesBelow(folder: string): Promise<string[]> {
  const handles = await readdir('/proc/self/fd');
  // A handle may close while it is looked at; the one that reads the list always does.
  const paths = await Promise.all(handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(folder));
}
