import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { acquireLock } from './lock.mjs';
import { projectNode, root } from './paths.mjs';
import { StartError } from './start-error.mjs';

const stamp = join(root, 'node_modules', '.tenantry-stamp');

/**
 * Installs the packages when package.json or its lock changed since the last time; else it touches nothing and needs no network.
 * Raises StartError when npm does not manage.
 * @param {(line: string) => void} say
 */
export async function ensureInstalled(say) {
  if (isInstalled()) return;
  const release = await acquireLock(join(root, '.cache', 'install.lock'), {
    waitMs: 900_000,
    onWait: () => say('Waiting for another process that is installing packages here ...'),
    refusal: (pid) => `Process ${pid} has been installing packages here for 15 minutes; end it and try again.`,
  });
  try {
    if (isInstalled()) return;
    say('Installing packages (npm install), once per change of package.json ...');
    await npmInstall();
    if (!existsSync(projectNode)) {
      throw new StartError(
        'npm install ended well, but node_modules/.bin/node is missing: the install script of the package "node" did not run. ' +
          'Allow install scripts (npm config set ignore-scripts false), delete node_modules and try again.',
      );
    }
    writeFileSync(stamp, fingerprint());
  } finally {
    release();
  }
}

function isInstalled() {
  return existsSync(projectNode) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`);
  for (const name of ['package.json', 'package-lock.json']) {
    const file = join(root, name);
    hash.update(existsSync(file) ? readFileSync(file) : '');
  }
  return hash.digest('hex');
}

async function npmInstall() {
  const npm = process.env.npm_execpath;
  const viaNode = npm !== undefined && /npm-cli\.c?js$/.test(npm);
  // Not `npm ci`: the lock may lack the optional packages of this platform. Not saved: the lock in git stays as it is.
  const args = ['install', '--no-save', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
  const child = spawn(viaNode ? (process.env.npm_node_execpath ?? process.execPath) : 'npm', viaNode ? [npm, ...args] : args, {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => void child.kill(signal);
  process.once('SIGTERM', passOn).once('SIGINT', passOn);
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  process.off('SIGTERM', passOn).off('SIGINT', passOn);
  if (ended !== 0)
    throw new StartError(`npm install failed (${ended}). What it said stands above; it needs npm and a reachable package registry.`);
}
