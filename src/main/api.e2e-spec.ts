import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TestPlatform } from '#testing/test-platform.js';

const PROGRAM = join(import.meta.dirname, '../../dist/src/main/api.js');

/** A line of the process that has this message. */
async function lineOf(child: ChildProcess, message: string): Promise<Record<string, unknown>> {
  for await (const line of createInterface(child.stdout!)) {
    const parsed = JSON.parse(line) as Record<string, unknown>;
    if (parsed['msg'] === message) return parsed;
  }
  throw new Error(`the process ended without saying ${message}`);
}

describe('the api process', () => {
  let tests: TestPlatform;
  let tenant: Tenant;
  let key: string;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    const slug = `stopping-${randomBytes(4).toString('hex')}`;
    tenant = await tests.make({ slug, companyName: slug, adminEmail: 'a@example.com', plan: 'starter', region: 'eu-west' });
    ({ key } = await tests.provisioning.apiKeys.issue(tenant.id, 'spec'));
  });

  afterAll(() => tests.close());

  it('refuses to start with settings that are not usable, and lists all of them', async () => {
    const child = spawn(process.execPath, [PROGRAM], {
      env: { PORT: 'many', OPERATOR_TOKEN: 'a-short-secret' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(1);
    for (const name of ['PORT', 'CATALOG_DATABASE_URL', 'CLUSTERS', 'OPERATOR_TOKEN', 'CAPABILITY_KEYS']) expect(said).toContain(name);
    expect(said).not.toContain('a-short-secret');
    expect(said).not.toContain(' at ');
  });

  it('ends when only a part of it could be opened', async () => {
    const taken = createServer();
    await once(taken.listen(0, '127.0.0.1'), 'listening');
    const METRICS_PORT = String((taken.address() as AddressInfo).port);
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, PORT: '0', METRICS_PORT },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    taken.close();
    expect(code).toBe(1);
    expect(said).toContain('EADDRINUSE');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('answers what it has begun when it gets %s, and ends well', async (signal) => {
    const child = spawn(process.execPath, [PROGRAM], {
      env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    const { address } = await lineOf(child, 'serving');
    const headers = {
      host: `${tenant.slug}.localhost`,
      'x-api-key': key,
      'content-type': 'application/json',
      'idempotency-key': signal,
      expect: '100-continue',
    };
    const slow = request(`${String(address)}/api/tickets`, { method: 'POST', headers });
    slow.flushHeaders();
    const answered = once(slow, 'response');
    // From here on the server has read the head and waits for the body.
    await once(slow, 'continue');
    const stopping = lineOf(child, 'stopping');
    child.kill(signal);
    await stopping;
    slow.end('{"title":"begun before the end"}');
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(201);
    expect(await ended).toEqual([0, null]);
  });
});
