import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlagState, readFlagState } from './flag-state.js';

/** What was last heard of flags, as a file that outlives the process; processes on one machine may share it. */
export class FlagBackup {
  constructor(
    private readonly folder: string,
    private readonly known: readonly string[],
  ) {}

  /** Null when there is none, or none that can be believed. */
  read(): Promise<FlagState | null> {
    return readFlagFile(join(this.folder, 'flags.json'), this.known);
  }

  /** Whole or not at all. Raises what the file system raises. */
  async write(state: FlagState): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const fresh = join(this.folder, `.${randomUUID()}.json`);
    try {
      await writeFile(fresh, JSON.stringify(state), { mode: 0o600 });
      await rename(fresh, join(this.folder, 'flags.json'));
    } finally {
      await rm(fresh, { force: true });
    }
  }
}

/** What a file says of flags; null when it cannot be read or believed. */
export async function readFlagFile(path: string, known: readonly string[]): Promise<FlagState | null> {
  try {
    return readFlagState(JSON.parse(await readFile(path, 'utf8')), known);
  } catch {
    return null;
  }
}
