import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';

import { portsFor } from './ports.mjs';
import { processMark } from './process-mark.mjs';
import { withoutSettings } from './settings.mjs';

interface Run {
  pid: number;
  port: number;
  clusters: Record<string, { region: string; superuserUrl: string }>;
  standIns: { smtp: string; stripe: string };
}

describe('npm start', () => {
  let folder: string;
  let port: number;
  const begun: { child: ChildProcess; exited: Promise<unknown> }[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-start-'));
    port = (await portsFor(folder, ['http']))['http']!;
  });
  afterEach(async () => {
    for (const { child, exited } of begun.splice(0)) {
      child.kill('SIGTERM');
      await exited;
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('serves, says where, and stops everything it started when told to', async () => {
    const { child, run } = await ready();
    expect(run).toMatchObject({
      pid: child.pid,
      port,
      clusters: { 'eu-west-1': { region: 'eu-west' }, 'us-east-1': { region: 'us-east' } },
    });
    expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    const pids = recorded();
    expect(names()).toEqual(
      expect.arrayContaining([
        'The api',
        'The worker',
        'The Key Vault stand-in',
        'The SMTP stand-in',
        'The Stripe stand-in',
        'Redis',
        'the leash',
      ]),
    );
    expect(pids).toHaveLength(9);
    expect(await (await fetch(`${run.standIns.smtp}/_control/log`)).json()).toEqual({ requests: [] });
    expect(await (await fetch(`${run.standIns.stripe}/_control/webhooks`)).json()).toMatchObject({
      endpoints: [{ url: `http://127.0.0.1:${port}/webhooks/stripe` }],
    });
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(pids.filter((pid) => processMark(pid) !== null)).toEqual([]);
    expect(existsSync(join(folder, 'run.json'))).toBe(false);
  });

  it('refuses a data folder that another start holds, and leaves that one alone', async () => {
    await ready();
    const second = start();
    const [said, [code]] = await Promise.all([text(second.stderr!), once(second, 'exit')]);
    expect(said).toContain('Another start');
    expect(code).toBe(1);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });

  it('starts again on the data of one that was killed', async () => {
    const { child } = await ready();
    const pids = recorded();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await ready();
    expect(pids.filter((pid) => processMark(pid) !== null)).toEqual([]);
  });

  it('gives the command line its settings', () => {
    const command = join(import.meta.dirname, 'tenantry.mjs');
    const run = spawnSync(process.execPath, [command, '--help'], { env: environment(), encoding: 'utf8' });
    expect(run.stdout).toContain('Usage');
    expect(spawnSync(process.execPath, [command, 'no-such-command'], { env: environment() }).status).not.toBe(0);
  });

  function start(): ChildProcess {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'start.mjs')], {
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    begun.push({ child, exited: once(child, 'exit') });
    return child;
  }

  async function ready(): Promise<{ child: ChildProcess; run: Run }> {
    const child = start();
    let said = '';
    child.stderr!.on('data', (chunk) => (said += String(chunk)));
    for (;;) {
      if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}: ${said}`);
      const file = join(folder, 'run.json');
      const run = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Run) : undefined;
      // A killed start leaves its file until its leash has cleared up, so only this child's own counts.
      if (run?.pid === child.pid) return { child, run: run! };
      await pause(50);
    }
  }

  function recorded(): number[] {
    return children().map(({ pid }) => pid);
  }

  function names(): string[] {
    return children().map(({ name }) => name);
  }

  function children(): { pid: number; name: string }[] {
    return JSON.parse(readFileSync(join(folder, 'children.json'), 'utf8')) as { pid: number; name: string }[];
  }

  function environment(): NodeJS.ProcessEnv {
    return { ...withoutSettings(process.env), PORT: String(port), TENANTRY_DATA_DIR: folder, TENANTRY_PG_FAST: '1' };
  }
});
