import { mkdir, open, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isErrno } from './errno.js';

/** Makes a folder and those above it, 0700, so that a power cut does not lose the new ones. */
export async function makeFolder(folder: string): Promise<void> {
  const highest = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (highest === undefined) return;
  for (let made = folder; made.length >= highest.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Writes a folder's list of names to the disk: a renamed file is not there for good before. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a folder and those above it, as far as they are empty; never `top` itself. */
export async function pruneFolders(folder: string, top: string): Promise<void> {
  try {
    for (let empty = folder; empty.startsWith(`${top}/`); empty = dirname(empty)) await rmdir(empty);
  } catch (error) {
    // In use, or removed by somebody else: both are as they should be.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}
