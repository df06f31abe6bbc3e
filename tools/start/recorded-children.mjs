import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { readJson } from './private-file.mjs';
import { processMark } from './process-mark.mjs';

/** How long a process may take to end when told to; longer than a worker takes to finish what runs or hand it back (30 s). */
export const PATIENCE_MS = 35_000;

/**
 * One process that a start has begun, as written to `children.json`: clients stop before servers, the leash last by itself.
 * @typedef {{ name: string, pid: number, mark: string | null, signal: NodeJS.Signals, role: 'client' | 'server' | 'leash' }} RecordedChild
 */

/**
 * Stops every process that the record names and that still is the one it names, and removes the record.
 * @param {string} file
 */
export async function stopRecordedChildren(file) {
  /** @type {RecordedChild[]} */
  const recorded = readJson(file) ?? [];
  for (const role of ['client', 'server']) {
    await Promise.all(recorded.filter((child) => child.role === role).map(stop));
  }
  rmSync(file, { force: true });
}

/**
 * Stops what an earlier start left behind; its leash, when alive, is given the time to do so first.
 * @param {string} file
 */
export async function clearLeftovers(file) {
  /** @type {RecordedChild[]} */
  const recorded = readJson(file) ?? [];
  for (const leash of recorded.filter((child) => child.role === 'leash')) await gone(leash, PATIENCE_MS + 5_000);
  await stopRecordedChildren(file);
}

/** @param {RecordedChild} child */
async function stop(child) {
  if (!isAlive(child)) return;
  send(child.pid, child.signal);
  const isGone = await gone(child, PATIENCE_MS);
  // Each child leads its own process group. A server ends its own children; a client's (a test worker, say) may outlive it.
  if (!isGone || child.role === 'client') send(-child.pid, 'SIGKILL');
  if (!isGone) await gone(child, 5_000);
}

/** @param {RecordedChild} child @param {number} forMs */
async function gone(child, forMs) {
  const until = Date.now() + forMs;
  while (isAlive(child) && Date.now() < until) await pause(50);
  return !isAlive(child);
}

/** @param {RecordedChild} child */
function isAlive(child) {
  const mark = processMark(child.pid);
  return mark !== null && mark === child.mark;
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
}
