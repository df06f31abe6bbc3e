import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { root } from './paths.mjs';
import { readJson } from './private-file.mjs';
import { StartError } from './start-error.mjs';

/**
 * Starts the stand-in of that name with a folder of its own in the data folder, and answers what it says of itself when it is ready.
 * @param {import('./children.mjs').Children} children
 * @param {{ dataDir: string, name: string, title: string, args: string[], env?: Record<string, string> }} options
 * @returns {Promise<any>}
 */
export async function startStandIn(children, { dataDir, name, title, args, env = {} }) {
  const data = join(dataDir, name);
  const ready = join(data, 'ready.json');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  rmSync(ready, { force: true });
  const program = join(root, 'dist', 'tools', 'stand-ins', name, 'server.js');
  const options = {
    env: { PATH: process.env.PATH, ...env },
    cwd: root,
    log: join(data, `${name}.log`),
    role: /** @type {const} */ ('server'),
  };
  children.start(title, process.execPath, [program, '--data', data, ...args], options);
  await Promise.race([isWritten(ready, title, `${name}/${name}.log`), children.lost]);
  return readJson(ready);
}

/** @param {string} file @param {string} title @param {string} log */
async function isWritten(file, title, log) {
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(40)) if (existsSync(file)) return;
  throw new StartError(`${title} was not ready after a minute. Its log is ${log} in the data folder.`);
}
