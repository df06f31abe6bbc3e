import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { writePrivate } from './private-file.mjs';
import { processMark } from './process-mark.mjs';
import { PATIENCE_MS } from './recorded-children.mjs';
import { StartError } from './start-error.mjs';

/**
 * @typedef {import('./recorded-children.mjs').RecordedChild} RecordedChild
 * @typedef {{ env: NodeJS.ProcessEnv, cwd?: string, uid?: number, gid?: number, signal?: NodeJS.Signals,
 *   role?: 'client' | 'server', log?: string, inherit?: boolean }} ChildOptions
 * @typedef {import('node:child_process').ChildProcess} ChildProcess
 */

/**
 * The processes of one start: each is on record, so that a leash stops them even when this process is killed;
 * `lost` rejects with a StartError when one ends that should not.
 */
export class Children {
  /** @type {Map<ChildProcess, RecordedChild & { ended: Promise<unknown> }>} */
  #running = new Map();
  /** @type {(error: StartError) => void} */
  #reportLoss = () => undefined;
  /** @type {Promise<never>} */
  lost;
  #stopping = false;
  /** @type {ChildProcess} */
  #leash;

  /** @param {string} recordFile @param {string[]} removeAtTheEnd */
  constructor(recordFile, removeAtTheEnd) {
    this.recordFile = recordFile;
    this.lost = new Promise((_, reject) => (this.#reportLoss = reject));
    this.lost.catch(() => undefined);
    const program = fileURLToPath(new URL('./leash.mjs', import.meta.url));
    this.#leash = spawn(process.execPath, [program, recordFile, ...removeAtTheEnd], {
      detached: true,
      cwd: '/',
      env: { PATH: process.env.PATH },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#leash.stdin?.on('error', () => undefined);
    this.#keep(this.#leash, 'the leash', 'SIGTERM', 'leash');
  }

  /** Begins a process that lives until `stop`. @param {string} name @param {string} command @param {string[]} args @param {ChildOptions} options */
  start(name, command, args, options) {
    const child = this.#spawn(name, command, args, options);
    child.once('exit', (code, signal) => this.#lose(name, options.log, code === null ? `signal ${signal}` : `code ${code}`));
    return child;
  }

  /** Runs a process to its end and answers its exit code. @param {string} name @param {string} command @param {string[]} args @param {ChildOptions} options */
  async run(name, command, args, options) {
    const child = this.#spawn(name, command, args, options);
    const [code] = await Promise.race([once(child, 'exit'), this.lost]);
    return /** @type {number} */ (code ?? 1);
  }

  /** Stops everything, clients before servers; what does not stop in PATIENCE_MS is killed. */
  async stop() {
    this.#stopping = true;
    for (const role of ['client', 'server']) {
      await Promise.all([...this.#running].filter(([, kept]) => kept.role === role).map(([child, kept]) => stopOne(child, kept)));
    }
    this.#leash.stdin?.end();
    await this.#running.get(this.#leash)?.ended;
  }

  /** @param {string} name @param {string} command @param {string[]} args @param {ChildOptions} options */
  #spawn(name, command, args, { env, cwd, uid, gid, signal = 'SIGTERM', role = 'client', log, inherit }) {
    if (this.#stopping) throw new StartError(`${name} was not started: everything is being stopped.`);
    const output = log === undefined ? (inherit ? 'inherit' : 'ignore') : openSync(log, 'a', 0o600);
    // Its own group and session: Ctrl-C reaches this process alone, which then stops things in the right order.
    const child = spawn(command, args, {
      env,
      detached: true,
      stdio: [inherit ? 'inherit' : 'ignore', output, output],
      ...(cwd === undefined ? {} : { cwd }),
      ...(uid === undefined ? {} : { uid }),
      ...(gid === undefined ? {} : { gid }),
    });
    if (typeof output === 'number') closeSync(output);
    child.once('error', (error) => this.#reportLoss(new StartError(`${name} could not be started: ${error.message}`)));
    this.#keep(child, name, signal, role);
    return child;
  }

  /** @param {ChildProcess} child @param {string} name @param {NodeJS.Signals} signal @param {RecordedChild['role']} role */
  #keep(child, name, signal, role) {
    const { pid } = child;
    if (pid === undefined) return;
    const ended = new Promise((resolve) =>
      child.once('exit', () => {
        this.#running.delete(child);
        if (role === 'client') killGroup(pid);
        if (role !== 'leash') this.#record();
        else this.#lose(name, undefined, 'no word');
        resolve(undefined);
      }),
    );
    this.#running.set(child, { name, pid, mark: processMark(pid), signal, role, ended });
    this.#record();
  }

  #record() {
    const recorded = [...this.#running.values()].map(({ ended: _ended, ...kept }) => kept);
    writePrivate(this.recordFile, JSON.stringify(recorded, null, 2));
  }

  /** @param {string} name @param {string | undefined} log @param {string} how */
  #lose(name, log, how) {
    if (this.#stopping) return;
    const last = log === undefined ? '' : `\nIts last lines (${log}):\n${tail(log)}`;
    this.#reportLoss(new StartError(`${name} ended unexpectedly with ${how}.${last}`));
  }
}

/** The last lines of a log, for an error message. @param {string} file @param {number} [lines] */
export function tail(file, lines = 12) {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '(no output)';
  }
}

/** @param {ChildProcess} child @param {RecordedChild & { ended: Promise<unknown> }} kept */
async function stopOne(child, kept) {
  child.kill(kept.signal);
  const patience = setTimeout(() => killGroup(kept.pid), PATIENCE_MS);
  await kept.ended;
  clearTimeout(patience);
}

/** @param {number} pid */
function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left, which is what was wanted.
  }
}
