import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { processMark } from './process-mark.mjs';
import { clearLeftovers } from './recorded-children.mjs';

describe('the children of a start', () => {
  let folder: string;
  let record: string;
  let holder: ChildProcess;
  let pids: [number, number, number];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-children-'));
    record = join(folder, 'children.json');
  });
  afterEach(async () => {
    holder.kill('SIGKILL');
    // The leash reads the record, so the folder stays until it is through.
    await ended(...pids);
    rmSync(folder, { recursive: true, force: true });
  });

  it('end when the start is killed, and what it wanted removed is removed', async () => {
    const [leash, server, client] = await hold('idle');
    holder.kill('SIGKILL');
    await ended(leash, server, client);
    expect(existsSync(join(folder, 'run.json'))).toBe(false);
    expect(existsSync(record)).toBe(false);
  });

  it('end at the next start when the leash was killed as well', async () => {
    const [leash, server, client] = await hold('idle');
    process.kill(holder.pid!, 'SIGSTOP');
    process.kill(leash, 'SIGKILL');
    process.kill(holder.pid!, 'SIGKILL');
    await ended(leash, holder.pid!);
    expect([processMark(server), processMark(client)]).not.toContain(null);
    await clearLeftovers(record);
    await ended(server, client);
  });

  it('stop with the start, the leash included', async () => {
    await hold('stop');
    await once(holder, 'exit');
    expect(holder.exitCode).toBe(0);
    expect(pids.map((pid) => processMark(pid))).toEqual([null, null, null]);
  });

  it('leave alone a process that merely has the id of a recorded one', async () => {
    const [, server] = await hold('idle');
    const other = join(folder, 'other.json');
    writeFileSync(other, JSON.stringify([{ name: 'x', pid: server, mark: 'ticks 1', signal: 'SIGKILL', role: 'server' }]));
    await clearLeftovers(other);
    expect(processMark(server)).not.toBeNull();
  });

  it('are missed: one that ends unexpectedly is reported with its last words', async () => {
    await hold('lose');
    expect(await lines(1)).toEqual(['a server ended unexpectedly with code 3.']);
  });

  /** A process that begins a server and a client, says the ids of the leash, the server and the client, and then does what it is told. */
  async function hold(then: 'idle' | 'stop' | 'lose'): Promise<[number, number, number]> {
    const children = pathToFileURL(join(import.meta.dirname, 'children.mjs')).href;
    const idle = 'setInterval(() => undefined, 1000)';
    const program = `
      import { readFileSync, writeFileSync } from 'node:fs';
      import { Children } from ${JSON.stringify(children)};
      writeFileSync(${JSON.stringify(join(folder, 'run.json'))}, '{}');
      const children = new Children(${JSON.stringify(record)}, [${JSON.stringify(join(folder, 'run.json'))}]);
      const begin = (role, code) => children.start('a ' + role, process.execPath, ['-e', code], { env: {}, role });
      begin('server', ${JSON.stringify(then === 'lose' ? 'setTimeout(() => process.exit(3), 200)' : idle)});
      begin('client', ${JSON.stringify(idle)});
      console.log(JSON.stringify(JSON.parse(readFileSync(${JSON.stringify(record)})).map((child) => child.pid)));
      if (${then === 'stop'}) await children.stop();
      else await children.lost.catch(async (error) => { console.log(error.message); await children.stop(); });
    `;
    const file = join(folder, 'holder.mjs');
    writeFileSync(file, program);
    holder = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = await lines(1);
    pids = JSON.parse(first!) as [number, number, number];
    return pids;
  }

  async function lines(count: number): Promise<string[]> {
    const reader = createInterface({ input: holder.stdout! });
    const read: string[] = [];
    while (read.length < count) read.push(((await once(reader, 'line')) as [string])[0]);
    reader.close();
    return read;
  }

  async function ended(...pids: number[]): Promise<void> {
    while (pids.some((pid) => processMark(pid) !== null)) await pause(20);
  }
});
