import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * What tells a process from a later one with the same id: when it started; null when there is no such (living) process.
 * @param {number} pid
 * @returns {string | null}
 */
export function processMark(pid) {
  return existsSync('/proc/self/stat') ? markFromProc(pid) : markFromPs(pid);
}

/** @param {number} pid */
function markFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name and may hold blanks and brackets, so fields are counted from its last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : `ticks ${fields[19]}`;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function markFromPs(pid) {
  const said = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim();
  return said || null;
}
