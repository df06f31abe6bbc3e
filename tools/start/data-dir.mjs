import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { acquireLock } from './lock.mjs';
import { clearLeftovers } from './recorded-children.mjs';
import { StartError } from './start-error.mjs';

/** The processes a start has begun are on record here, for its leash and for the next start. @param {string} dataDir */
export function recordFileOf(dataDir) {
  return join(dataDir, 'children.json');
}

/**
 * Takes the data folder for this process alone, stops what an earlier one left running in it, and answers the function that lets go.
 * Raises StartError when another start runs on it, it belongs to another user, or no folder can be kept there.
 * @param {string} dataDir
 */
export async function takeDataDir(dataDir) {
  try {
    return await take(dataDir);
  } catch (error) {
    const { syscall, message } = /** @type {NodeJS.ErrnoException} */ (error);
    if (syscall === undefined) throw error;
    throw new StartError(`The data folder ${dataDir} cannot be used (${message}): choose another TENANTRY_DATA_DIR.`, { cause: error });
  }
}

/** @param {string} dataDir */
async function take(dataDir) {
  makeFolder(dataDir);
  const secrets = statSync(join(dataDir, 'secrets.json'), { throwIfNoEntry: false });
  if (secrets && process.getuid && secrets.uid !== process.getuid()) {
    throw new StartError(
      `The data folder ${dataDir} belongs to user ${secrets.uid}: start as that user, or choose another TENANTRY_DATA_DIR.`,
    );
  }
  const release = await acquireLock(join(dataDir, 'start.lock'), {
    refusal: (pid) => `Another start (process ${pid}) runs on ${dataDir}: stop it, or choose another TENANTRY_DATA_DIR and PORT.`,
  });
  await clearLeftovers(recordFileOf(dataDir));
  return release;
}

/** Not with `recursive`: where nothing can be made (/proc), Node would try for ever. @param {string} path */
function makeFolder(path) {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}
