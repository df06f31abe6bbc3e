import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { acquireLock } from './lock.mjs';
import { clearLeftovers } from './recorded-children.mjs';
import { StartError } from './start-error.mjs';

/** The processes a start has begun are on record here, for its leash and for the next start. @param {string} dataDir */
export function recordFileOf(dataDir) {
  return join(dataDir, 'children.json');
}

/**
 * Takes the data folder for this process alone, stops what an earlier one left running in it, and answers the function that lets go.
 * Raises StartError when another start runs on it or it belongs to another user.
 * @param {string} dataDir
 */
export async function takeDataDir(dataDir) {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
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
