import { spawnSync } from 'node:child_process';

import { StartError } from './start-error.mjs';

/** @typedef {{ uid: number, gid: number }} User */

/**
 * The user PostgreSQL runs as: undefined for this very one; when this one is root, whom PostgreSQL refuses, "postgres" or else "nobody".
 * @returns {User | undefined}
 */
export function serverUser() {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim());
    if (uid && gid && uid !== '0') return { uid: Number(uid), gid: Number(gid) };
  }
  throw new StartError(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody": add one, or start as an ordinary user.',
  );
}

/**
 * Whether a program can be run to a good end by that user.
 * @param {User} user @param {string} command @param {string[]} args
 */
export function canRun(user, command, args) {
  const probe = spawnSync(command, args, { ...user, cwd: '/', env: { PATH: '/usr/bin:/bin' }, stdio: 'ignore' });
  if (/** @type {NodeJS.ErrnoException | undefined} */ (probe.error)?.code === 'EPERM') {
    throw new StartError('PostgreSQL does not run as root, and this root may not become another user here: start as an ordinary user.');
  }
  return probe.status === 0;
}
