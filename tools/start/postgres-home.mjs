import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { copyPostgres, packagedPostgres } from './postgres-binaries.mjs';
import { canRun, serverUser } from './server-user.mjs';
import { StartError } from './start-error.mjs';

/** @typedef {{ bin: string, data: string, user: import('./server-user.mjs').User | undefined, outside: string | undefined }} PostgresHome */

/**
 * Where PostgreSQL's programs and data lie and who runs them: in the clone and the data folder, unless the user that must run
 * them cannot get there (a clone in /root, say); then in a folder of its own under /var/tmp, and `say` is told.
 * @param {string} dataDir @param {(line: string) => void} say @returns {PostgresHome}
 */
export function postgresHome(dataDir, say) {
  const native = packagedPostgres();
  const user = serverUser();
  if (!user) return { bin: join(native, 'bin'), data: dataDir, user, outside: undefined };
  chmodSync(dataDir, 0o711);
  const outside = outsideFolder(dataDir);
  const programs = join(native, 'bin', 'postgres');
  const reachesPrograms = canRun(user, programs, ['--version']);
  const reachesData = canRun(user, '/bin/sh', ['-c', 'cd "$1"', 'sh', dataDir]);
  const note = join(dataDir, 'postgres-outside');
  const staysOutside = existsSync(note);
  if (reachesPrograms && reachesData && !staysOutside) return { bin: join(native, 'bin'), data: dataDir, user, outside: undefined };

  claim(outside, !staysOutside);
  writeFileSync(note, `${outside}\n`);
  const bin = join(reachesPrograms ? native : copyPostgres(native, outside), 'bin');
  if (!canRun(user, join(bin, 'postgres'), ['--version'])) {
    throw new StartError(`PostgreSQL does not run as root, and user ${user.uid} cannot run ${bin}/postgres: start as an ordinary user.`);
  }
  const why = `PostgreSQL does not run as root, and its user cannot read ${reachesData ? programs : dataDir}`;
  say(staysOutside ? `PostgreSQL's data lies in ${outside}.` : `${why}: its data goes to ${outside}.`);
  return { bin, data: outside, user, outside };
}

/** @param {string} dataDir */
function outsideFolder(dataDir) {
  const name = createHash('sha256').update(realpathSync(dataDir)).digest('hex').slice(0, 16);
  return join('/var/tmp', `tenantry-${name}`);
}

/**
 * Everybody may make folders in /var/tmp, so one that is not this user's own is not used.
 * @param {string} folder @param {boolean} anew Whether what lies there is of a data folder that has been deleted since: its passwords went with it.
 */
function claim(folder, anew) {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) {
    throw new StartError(`${folder} belongs to someone else: remove it, or choose another TENANTRY_DATA_DIR.`);
  }
  if (anew) {
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  }
  chmodSync(folder, 0o711);
}
