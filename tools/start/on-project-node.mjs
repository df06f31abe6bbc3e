import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';

import { ensureInstalled } from './install.mjs';
import { projectNode, root } from './paths.mjs';
import { StartError } from './start-error.mjs';
import { whenOrphaned } from './when-orphaned.mjs';

const signals = /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs `work` on the project's own Node, with its packages in place: here when this Node is as new, else in a child that
 * gets the same arguments and whose exit code becomes this process's. `work` is imported late: it may need the packages.
 * @param {string} script @param {(args: string[]) => Promise<void>} work
 */
export async function onProjectNode(script, work) {
  const args = process.argv.slice(2);
  try {
    await ensureInstalled((line) => void process.stderr.write(`${line}\n`));
    if (isAsNew()) await work(args);
    else process.exitCode = await relay(projectNode, [script, ...args], process.env);
  } catch (error) {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/**
 * Runs a program in this one's place: signals are passed on, the exit code is answered, and it learns (IPC "disconnect") of this process's end.
 * @param {string} command @param {string[]} args @param {NodeJS.ProcessEnv} env @returns {Promise<number>}
 */
export async function relay(command, args, env) {
  const child = spawn(command, args, { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of signals) process.on(signal, () => void child.kill(signal));
  whenOrphaned(() => void child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']));
  });
}

function isAsNew() {
  const theirs = spawnSync(projectNode, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  if (theirs.status !== 0)
    throw new StartError(`The project's Node does not run here (${projectNode}): ${theirs.error?.message ?? theirs.stderr}`);
  const [mine, wanted] = [process.versions.node, theirs.stdout.trim()].map((version) => version.split('.').map(Number));
  const first = [0, 1, 2].find((part) => mine?.[part] !== wanted?.[part]);
  return first === undefined || Number(mine?.[first]) > Number(wanted?.[first]);
}

/** @param {unknown} error */
function explain(error) {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
