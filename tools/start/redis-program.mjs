import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { root } from './paths.mjs';
import { StartError } from './start-error.mjs';

/** @typedef {{ command: string, env: NodeJS.ProcessEnv }} RedisProgram */

const advice =
  'Install Redis 6.2 or later (Debian, Ubuntu: apt-get install redis-server; Fedora: dnf install valkey; macOS: brew install redis), ' +
  'or set REDIS_URL to a server of your own.';

/**
 * A Redis (or Valkey) server to run: the machine's own, else Debian's packages unpacked into .cache without being installed.
 * Raises StartError that says what to install.
 * @param {(line: string) => void} say @returns {Promise<RedisProgram>}
 */
export async function redisProgram(say) {
  for (const command of ['redis-server', 'valkey-server']) {
    if (runs({ command, env: process.env })) return { command, env: process.env };
  }
  const folder = join(root, '.cache', 'redis');
  if (!existsSync(folder)) await unpack(folder, say);
  const program = { command: join(folder, 'usr', 'bin', 'redis-server'), env: { LD_LIBRARY_PATH: libraries(folder).join(delimiter) } };
  if (!runs(program)) throw new StartError(`The unpacked Redis in ${folder} does not run here: delete that folder. ${advice}`);
  return program;
}

/** @param {RedisProgram} program */
function runs({ command, env }) {
  return spawnSync(command, ['--version'], { env, stdio: 'ignore' }).status === 0;
}

/** @param {string} folder @param {(line: string) => void} say */
async function unpack(folder, say) {
  if (spawnSync('dpkg', ['--version'], { stdio: 'ignore' }).status !== 0)
    throw new StartError(`There is no Redis on this machine. ${advice}`);
  say('There is no Redis on this machine: fetching Debian packages of it into .cache (nothing is installed) ...');
  const fresh = `${folder}.${process.pid}`;
  mkdirSync(join(fresh, 'packages'), { recursive: true });
  try {
    if (!(await download(join(fresh, 'packages'), say)))
      throw new StartError(`There is no Redis on this machine, and apt-get could not fetch it. ${advice}`);
    const packages = readdirSync(join(fresh, 'packages')).filter((name) => name.endsWith('.deb'));
    for (const name of packages) await ended('dpkg', ['-x', join(fresh, 'packages', name), fresh]);
    rmSync(join(fresh, 'packages'), { recursive: true });
    if (!existsSync(folder)) renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** @param {string} into @param {(line: string) => void} say */
async function download(into, say) {
  if (await downloadOnce(into)) return true;
  if (process.getuid?.() !== 0) return false;
  say('The package lists are missing or old: apt-get update ...');
  await ended('apt-get', ['-qq', 'update']);
  return downloadOnce(into);
}

/** @param {string} into */
async function downloadOnce(into) {
  // A rehearsed installation names exactly what this release of Debian or Ubuntu needs and this machine lacks.
  const rehearsal = await ended('apt-get', ['-s', 'install', '--no-install-recommends', 'redis-server']);
  const packages = [...rehearsal.output.matchAll(/^Inst (\S+)/gm)].map((match) => String(match[1]));
  return packages.includes('redis-server') && (await ended('apt-get', ['-qq', 'download', ...packages], into)).code === 0;
}

/** @param {string} command @param {string[]} args @param {string} [cwd] @returns {Promise<{ code: number | null, output: string }>} */
function ended(command, args, cwd = '/') {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, LC_ALL: 'C' }, stdio: ['ignore', 'pipe', 'ignore'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('error', () => resolve({ code: null, output }));
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** @param {string} folder */
function libraries(folder) {
  return ['usr/lib', 'lib']
    .map((name) => join(folder, name))
    .filter((path) => existsSync(path))
    .flatMap((path) => [
      path,
      ...readdirSync(path)
        .filter((name) => name.includes('-linux-gnu'))
        .map((name) => join(path, name)),
    ]);
}
