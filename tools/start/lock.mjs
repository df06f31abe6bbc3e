import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { processMark } from './process-mark.mjs';
import { StartError } from './start-error.mjs';

/**
 * Holds a file for this process and answers the function that lets go; a holder that died, however, holds nothing.
 * Raises StartError with `refusal(pid)` when another process still holds it after `waitMs`.
 * @param {string} file
 * @param {{ refusal: (pid: number) => string, waitMs?: number, onWait?: () => void }} options
 */
export async function acquireLock(file, { refusal, waitMs = 0, onWait }) {
  mkdirSync(dirname(file), { recursive: true });
  const claim = `${process.pid} ${processMark(process.pid)}`;
  const until = Date.now() + waitMs;
  let told = false;
  while (!take(file, claim)) {
    const holder = livingHolder(file);
    if (holder === undefined) continue;
    if (Date.now() >= until) throw new StartError(refusal(holder));
    if (!told) onWait?.();
    told = true;
    await pause(200);
  }
  return () => {
    if (read(file) === claim) rmSync(file, { force: true });
  };
}

/** @param {string} file @param {string} claim */
function take(file, claim) {
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, claim, { mode: 0o600 });
  try {
    // A link appears with its content; a file opened with O_EXCL would be seen empty for a moment.
    linkSync(fresh, file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** The id of the process that holds the file; a dead one's file is put out of the way. @param {string} file */
function livingHolder(file) {
  const claim = read(file);
  if (claim === undefined) return undefined;
  const pid = Number(claim.split(' ')[0]);
  if (`${pid} ${processMark(pid)}` === claim) return pid;
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
    // Someone else may have cleared the dead one and taken it between the look and the move.
    if (read(aside) !== claim) linkSync(aside, file);
    rmSync(aside, { force: true });
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes(String(/** @type {NodeJS.ErrnoException} */ (error).code))) throw error;
  }
  return undefined;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // One that is there and cannot be read would otherwise be waited for without end.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT') throw error;
    return undefined;
  }
}
