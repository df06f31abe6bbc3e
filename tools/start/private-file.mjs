import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Writes a file that only its owner reads, in one step: a reader sees the old content or the new, never half.
 * @param {string} file @param {string} text
 */
export function writePrivate(file, text) {
  const fresh = `${file}.${process.pid}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, file);
}

/**
 * The value in a JSON file, or undefined when the file is absent; a damaged file raises.
 * @param {string} file
 */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code))) return undefined;
    throw error;
  }
}
