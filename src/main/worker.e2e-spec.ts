import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { until } from '#testing/faults/until.js';

describe('the worker', () => {
  let worker: ChildProcess | undefined;
  let said = '';

  const start = (settings: Record<string, string> = {}): ChildProcess => {
    said = '';
    worker = spawn(process.execPath, ['--no-warnings', join(import.meta.dirname, '../../dist/src/main/worker.js')], {
      env: { ...process.env, LOG_LEVEL: 'info', ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [worker.stdout, worker.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
    return worker;
  };
  afterEach(() => worker?.kill('SIGKILL'));

  it('makes every handler of the product, works, and ends in order when it is told to', async () => {
    const running = start();
    await until(() => said.includes('"working"') || running.exitCode !== null, 30_000);
    expect(running.exitCode).toBeNull();
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(said).toContain('"stopping"');
    expect(said).not.toContain('"level":"error"');
  });

  it('says what is wrong with its settings, and ends', async () => {
    const running = start({ WORKER_CONCURRENCY: 'none' });
    expect(await once(running, 'exit')).toEqual([1, null]);
    expect(said).toContain('WORKER_CONCURRENCY');
  });

  it('says which clusters it is given without the login that finds work and closes tenants, and ends', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenantry-worker-'));
    const file = join(folder, 'clusters.yaml');
    const { clusters } = parse(readFileSync(String(process.env['CLUSTERS']), 'utf8')) as { clusters: { migratorUrl?: string }[] };
    writeFileSync(file, JSON.stringify({ clusters: clusters.map(({ migratorUrl: _left, ...cluster }) => cluster) }));
    const running = start({ CLUSTERS: file });
    expect(await once(running, 'exit')).toEqual([1, null]);
    expect(said).toContain('cluster eu-west-1 has no migratorUrl, which a worker needs');
    rmSync(folder, { recursive: true });
  });

  it('waits for a Redis that is away', async () => {
    const running = start({ REDIS_URL: 'redis://127.0.0.1:1' });
    await until(() => said.includes('"working"') || running.exitCode !== null, 30_000);
    expect(running.exitCode).toBeNull();
  });
});
