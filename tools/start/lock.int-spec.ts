import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { acquireLock } from './lock.mjs';

describe('a lock', () => {
  const refusal = (pid: number): string => `held by ${pid}`;
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-lock-'));
    file = join(folder, 'a.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is refused to a second one while its holder lives, and free once it lets go', async () => {
    const release = await acquireLock(file, { refusal });
    await expect(acquireLock(file, { refusal })).rejects.toThrow(`held by ${process.pid}`);
    release();
    (await acquireLock(file, { refusal }))();
    expect(existsSync(file)).toBe(false);
  });

  it('waits for its holder when asked to', async () => {
    const release = await acquireLock(file, { refusal });
    const second = acquireLock(file, { refusal, waitMs: 10_000, onWait: release });
    await expect(second).resolves.toBeInstanceOf(Function);
  });

  it('is taken over from a holder that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(file, `${pid} ticks 1`);
    await acquireLock(file, { refusal });
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });

  it('is taken over when another process has the id of its holder now', async () => {
    writeFileSync(file, `${process.ppid} ticks 1`);
    await acquireLock(file, { refusal });
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${process.pid} `));
  });
});
