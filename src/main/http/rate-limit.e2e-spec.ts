import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { Rate } from '#kernel/limits/rate-limiter.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { loadConfig } from '#main/config.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { until } from '#testing/faults/until.js';
import { plansWithRate } from '#testing/plans-with-rate.js';
import { TestPlatform } from '#testing/test-platform.js';

const PROGRAM = join(import.meta.dirname, '../../../dist/src/main/api.js');

/** Where a process of the api serves. */
async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface(child.stdout!)) {
    const { msg, address } = JSON.parse(line) as { msg?: string; address?: string };
    if (msg === 'serving' && address) return address;
  }
  throw new Error('the process ended without serving');
}

describe('the rate limits of the api', () => {
  const apps: NestFastifyApplication[] = [];
  const platforms: Platform[] = [];
  let tests: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    ({ acme, globex } = await tests.pair('row'));
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
    for (const platform of platforms) await platform.close();
    await tests.close();
  });

  /** An api with connections of its own, on which Redis counts. */
  async function apiWith(rate: Rate): Promise<NestFastifyApplication> {
    const platform = await openPlatform(loadConfig(process.env), pino({ level: 'silent' }));
    platforms.push(platform);
    const app = await createHttpApp({ ...platform, plans: plansWithRate(platform.plans, rate) });
    apps.push(app);
    await until(async () => (await platform.health())['rateLimits']?.status === 'up', 5_000);
    return app;
  }

  const list = (tenant: Tenant, key: string): InjectOptions => ({
    url: '/api/tickets?limit=1',
    headers: { host: `${tenant.slug}.localhost`, 'x-api-key': key },
  });
  /** Refused for its missing If-Match, and not for what may be asked. */
  const change = (tenant: Tenant, key: string): InjectOptions => ({
    ...list(tenant, key),
    method: 'DELETE',
    url: '/api/tickets/01970000-0000-7000-8000-00000000000a',
  });
  const statusesOf = (answers: readonly LightMyRequestResponse[]): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(answers, ({ statusCode }) => statusCode)].map(([status, all]) => [status, all.length]));

  describe('of 100 an hour', () => {
    let one: NestFastifyApplication;
    let two: NestFastifyApplication;
    beforeAll(async () => {
      [one, two] = await Promise.all([apiWith({ limit: 100, windowSeconds: 3_600 }), apiWith({ limit: 100, windowSeconds: 3_600 })]);
    });

    it('let exactly 100 of 2,000 concurrent requests pass over two applications, and nobody else is touched', async () => {
      const key = await tests.apiKey(acme);
      // Refused by what is asked for, so that the database is not what is measured.
      const bad: InjectOptions = { ...list(acme, key), url: '/api/tickets?limit=0' };
      const answers = await Promise.all(Array.from({ length: 2_000 }, (_, number) => (number % 2 ? one : two).inject(bad)));
      expect(statusesOf(answers)).toEqual({ 422: 100, 429: 1_900 });

      const another = await tests.apiKey(acme);
      expect((await one.inject(list(acme, another))).statusCode).toBe(200);
      expect((await two.inject(list(globex, await tests.apiKey(globex)))).statusCode).toBe(200);
      expect((await one.inject(change(acme, key))).statusCode).toBe(428);
    });

    it('tell of themselves with every answer of a tenant route', async () => {
      const key = await tests.apiKey(acme);
      const ask = list(acme, key);
      const told = async (request: InjectOptions): Promise<unknown[]> => {
        const { statusCode, headers } = await one.inject(request);
        return [statusCode, headers['ratelimit-policy'], headers['ratelimit']];
      };
      expect(await told(ask)).toEqual([200, '"read";q=100;w=3600', '"read";r=99;t=3600']);
      expect(await told({ ...ask, url: '/api/tickets?limit=0' })).toEqual([
        422,
        '"read";q=100;w=3600',
        expect.stringMatching(/^"read";r=98;t=\d+$/),
      ]);
      expect(await told(change(acme, key))).toEqual([428, '"write";q=100;w=3600', '"write";r=99;t=3600']);
      expect(await told({ ...ask, url: '/health/live' })).toEqual([200, undefined, undefined]);
    });
  });

  it('refuse with a problem and the moment to come back, which is the same in both headers, before they read the body', async () => {
    const app = await apiWith({ limit: 1, windowSeconds: 60 });
    const ask = change(acme, await tests.apiKey(acme));
    expect((await app.inject(ask)).statusCode).toBe(428);
    const headers = { ...ask.headers, 'content-type': 'application/json' };
    const refused = await app.inject({ ...ask, method: 'POST', url: '/api/tickets', payload: '{', headers });
    expect([refused.statusCode, refused.json()]).toEqual([429, expect.objectContaining({ code: 'rate.limited', status: 429 })]);
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    const [, seconds] = /^"write";r=0;t=(\d+)$/.exec(String(refused.headers['ratelimit'])) ?? [];
    expect(Number(seconds)).toBeGreaterThan(0);
    expect(refused.headers['retry-after']).toBe(seconds);
  });

  it('hold over two processes: exactly as many of 2,000 requests at once pass as the plan says', async () => {
    const children = [0, 1].map(() =>
      spawn(process.execPath, [PROGRAM], {
        env: { ...process.env, PORT: '0', LOG_LEVEL: 'info' },
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    const ended = children.map((child) => once(child, 'close'));
    try {
      const addresses = await Promise.all(children.map(addressOf));
      for (const child of children) child.stdout.resume();
      const agent = new Agent({ keepAlive: true, maxSockets: 200 });
      const headers = { host: `${acme.slug}.localhost`, 'x-api-key': await tests.apiKey(acme) };
      const ask = async (address: string, path: string): Promise<string> => {
        const sent = request(`${address}${path}`, { agent, headers }).end();
        const [answer] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
        let text = '';
        for await (const chunk of answer) text += String(chunk);
        return path.startsWith('/health') ? text : String(answer.statusCode);
      };
      for (const address of addresses)
        await until(async () => (await ask(address, '/health/ready')).includes('"rateLimits":{"status":"up"}'), 10_000);
      const bad = '/api/tickets?limit=0';
      const statuses = await Promise.all(Array.from({ length: 2_000 }, (_, number) => ask(addresses[number % 2]!, bad)));
      agent.destroy();
      const { limit } = tests.platform.plans.of('starter').rates.read;
      expect(statuses.filter((status) => status === '422')).toHaveLength(limit);
      expect(statuses.filter((status) => status === '429')).toHaveLength(2_000 - limit);
    } finally {
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(ended);
    }
  });
});
