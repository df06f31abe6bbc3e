import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { root } from './paths.mjs';
import { readJson } from './private-file.mjs';
import { StartError } from './start-error.mjs';

/**
 * Starts the Key Vault stand-in and answers what it says of itself, with the file of the authority that signed its certificate.
 * @param {import('./children.mjs').Children} children @param {string} dataDir @param {number} port
 * @returns {Promise<{ url: string, tenantId: string, clientId: string, clientSecret: string, authorityHost: string, ca: string }>}
 */
export async function startKeyVault(children, dataDir, port) {
  const data = join(dataDir, 'key-vault');
  const ready = join(data, 'ready.json');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  rmSync(ready, { force: true });
  const program = join(root, 'dist', 'tools', 'stand-ins', 'key-vault', 'server.js');
  const options = { env: { PATH: process.env.PATH }, cwd: root, log: join(data, 'key-vault.log'), role: /** @type {const} */ ('server') };
  children.start('The Key Vault stand-in', process.execPath, [program, '--port', String(port), '--data', data], options);
  await Promise.race([isWritten(ready), children.lost]);
  return { ...readJson(ready), ca: join(data, 'ca.pem') };
}

/** @param {string} file */
async function isWritten(file) {
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(40)) if (existsSync(file)) return;
  throw new StartError('The Key Vault stand-in was not ready after a minute. Its log is key-vault/key-vault.log in the data folder.');
}
