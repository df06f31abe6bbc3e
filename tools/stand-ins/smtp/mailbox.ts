import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime, { type Email } from 'postal-mime';
import { fileNameOf } from './mail-folder.js';

/** The mails that the stand-in took for one recipient, parsed, in the order of their arrival. */
export async function mailsTo(folder: string, to: string): Promise<Email[]> {
  const files = readdirSync(folder).filter((name) => name.endsWith(`Z-${fileNameOf(to)}.eml`));
  return Promise.all(files.sort().map((name) => PostalMime.parse(readFileSync(join(folder, name)))));
}
