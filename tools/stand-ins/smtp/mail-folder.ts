import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from '../common/private-file.js';

const LONGEST_NAME = 120;

/** A folder of mails, one file `<time>-<recipient>.eml` each, for its owner only; sorted by name they stand in the order of their arrival. */
export class MailFolder {
  private latest = 0;

  constructor(readonly path: string) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }

  /** Writes one mail as it came; it is there whole or not at all. */
  drop(to: string, mail: Buffer): void {
    writePrivateFile(this.freshFile(to), mail);
  }

  private freshFile(to: string): string {
    this.latest = Math.max(Date.now(), this.latest + 1);
    const file = join(this.path, `${new Date(this.latest).toISOString().replaceAll(':', '-')}-${fileNameOf(to)}.eml`);
    // The clock was set back: a mail of before must not be written over.
    return existsSync(file) ? this.freshFile(to) : file;
  }
}

/** An address as a part of a file's name: what could leave the folder or confuse a shell becomes an underscore. */
export function fileNameOf(address: string): string {
  return address
    .toLowerCase()
    .replaceAll(/[^a-z0-9@._+-]/g, '_')
    .slice(0, LONGEST_NAME);
}
