import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FLAGS } from '#kernel/flags/flag-registry.js';
import type { FlagSubject } from '#kernel/flags/flags.js';
import { until } from '#testing/faults/until.js';
import { UnleashFlags } from './unleash-flags.js';

const ACME: FlagSubject = { id: '01970000-0000-7000-8000-000000000001', plan: 'starter', region: 'eu-west', placement: { kind: 'row' } };
const GLOBEX: FlagSubject = { ...ACME, id: '01970000-0000-7000-8000-000000000002', plan: 'enterprise' };
const REFRESH_MS = 40;

const feature = (name: string, enabled: boolean, strategies: object[] = [{ name: 'default', parameters: {} }]) => ({
  name,
  enabled,
  strategies,
});
const bootstrapOf = (at: string, ...features: object[]) => JSON.stringify({ at, version: 2, features, segments: [] });

/** Speaks of Unleash's protocol what its client asks: one address, a token, an entity tag. What it answers can be anything. */
class Flagpole {
  answer: () => { status: number; body: string; etag?: string } = () => ({ status: 200, body: '{}' });
  asked: Record<string, unknown>[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.asked.push({ url: request.url, method: request.method, ...request.headers });
      const { status, body, etag } = this.answer();
      if (status === 0) response.destroy();
      else if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304).end();
      else response.writeHead(status, { 'content-type': 'application/json', ...(etag !== undefined && { etag }) }).end(body);
    });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/api`;
  }

  says(...features: object[]): void {
    this.answer = () => ({ status: 200, body: JSON.stringify({ version: 2, features }) });
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

describe('flags', () => {
  const pole = new Flagpole();
  const open: UnleashFlags[] = [];
  let url: string;
  let folder: string;
  let lines: string[];

  beforeAll(async () => {
    url = await pole.open();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantry-flags-'));
    lines = [];
    pole.asked = [];
    await writeFile(
      join(folder, 'bootstrap.json'),
      bootstrapOf('2026-01-01T00:00:00Z', feature('ticket-uploads', true), feature('audit-export', false)),
    );
  });
  afterEach(async () => {
    for (const flags of open.splice(0)) flags.close();
    await rm(folder, { recursive: true });
  });
  afterAll(() => pole.close());

  const start = async (isAsking = true, more: { bootstrap?: string } = {}): Promise<UnleashFlags> => {
    const say = (details: object, message: string): void => void lines.push(`${message} ${JSON.stringify(details)}`);
    const flags = await UnleashFlags.open({
      ...{ appName: 'specs', backupFolder: join(folder, 'backup'), refreshMs: REFRESH_MS, log: { info: say, warn: say } },
      bootstrapFile: join(folder, more.bootstrap ?? 'bootstrap.json'),
      ...(isAsking && { server: { url, token: 'secret-token' } }),
    });
    open.push(flags);
    return flags;
  };
  const isAt = (flags: UnleashFlags, uploads: boolean) => until(() => flags.isOn('ticket-uploads', ACME) === uploads, 10_000);

  it('are what the bootstrap file says when there is no server, and nobody is asked', async () => {
    const flags = await start(false);
    expect([flags.isOn('ticket-uploads', ACME), flags.isOn('audit-export', ACME)]).toEqual([true, false]);
    expect(flags.health).toEqual({ status: 'up', origin: 'bootstrap' });
    expect(pole.asked).toEqual([]);
  });

  it('are at their restrictive side when nothing at all is known', async () => {
    await writeFile(join(folder, 'broken.json'), '{"at":"2026-01-01T00:00:00Z","features":[{"name":"ticket-uploads"');
    const flags = await start(false, { bootstrap: 'broken.json' });
    for (const [name, { whenUnknown }] of Object.entries(FLAGS))
      expect([name, flags.isOn(name as never, ACME)]).toEqual([name, whenUnknown]);
    expect(flags.health).toEqual({ status: 'degraded', origin: 'nothing' });
  });

  it('follow the server, which is told the token and nothing of any tenant', async () => {
    pole.says(feature('ticket-uploads', false));
    const flags = await start();
    await isAt(flags, false);
    expect(flags.health).toEqual({ status: 'up', origin: 'server' });
    pole.says(feature('ticket-uploads', true));
    await isAt(flags, true);
    expect(lines.some((line) => line.startsWith('flags changed') && line.includes('ticket-uploads'))).toBe(true);
    for (const request of pole.asked) {
      expect(request).toMatchObject({ method: 'GET', authorization: 'secret-token', url: '/api/client/features' });
      expect(JSON.stringify(request)).not.toContain(ACME.id);
    }
    expect(lines.join()).not.toContain('secret-token');
  });

  it('stay as they were last known while the server is away or talks nonsense, and say so', async () => {
    pole.says(feature('ticket-uploads', false));
    const flags = await start();
    await isAt(flags, false);
    const nonsense = [
      '',
      '[]',
      '{"features":[]}',
      '{"features":[{"name":"ticket-uploads"}]}',
      '{"features":[{"name":"else","enabled":true,"strategies":[]}]}',
    ];
    for (const answer of [
      { status: 0, body: '' },
      { status: 500, body: 'x' },
      { status: 401, body: '' },
      ...nonsense.map((body) => ({ status: 200, body })),
    ]) {
      const again = await start();
      pole.answer = () => answer;
      await until(() => again.health.status === 'degraded', 20_000);
      expect([again.isOn('ticket-uploads', ACME), again.isOn('audit-export', ACME)]).toEqual([false, false]);
      again.close();
      pole.says(feature('ticket-uploads', false));
    }
  }, 120_000);

  it('are not well again because nonsense has not changed', async () => {
    pole.says(feature('ticket-uploads', false));
    const flags = await start();
    await isAt(flags, false);
    pole.answer = () => ({ status: 200, body: '{"features":[]}', etag: '"nonsense"' });
    await until(() => flags.health.status === 'degraded', 10_000);
    const before = pole.asked.length;
    await until(() => pole.asked.length > before + 3, 10_000);
    expect([flags.health.status, flags.isOn('ticket-uploads', ACME)]).toEqual(['degraded', false]);
    pole.answer = () => ({ status: 200, body: JSON.stringify({ features: [feature('ticket-uploads', true)] }), etag: '"right"' });
    await isAt(flags, true);
    pole.answer = () => ({ status: 503, body: '' });
    await until(() => flags.health.status === 'degraded', 20_000);
    pole.answer = () => ({ status: 200, body: 'never read', etag: '"right"' });
    await until(() => flags.health.status === 'up', 20_000);
  }, 60_000);

  it('begin with what was last heard, unless the bootstrap file is newer than that', async () => {
    pole.says(feature('ticket-uploads', false));
    const first = await start();
    await isAt(first, false);
    await until(
      async () => (await readFile(join(folder, 'backup/flags.json'), 'utf8').catch(() => '')).includes('"enabled":false'),
      10_000,
    );
    first.close();
    pole.answer = () => ({ status: 503, body: '' });
    const second = await start();
    expect([second.health.origin, second.isOn('ticket-uploads', ACME)]).toEqual(['backup', false]);
    await writeFile(join(folder, 'bootstrap.json'), bootstrapOf('2100-01-01T00:00:00Z', feature('ticket-uploads', true)));
    const third = await start();
    expect([third.health.origin, third.isOn('ticket-uploads', ACME)]).toEqual(['bootstrap', true]);
    await writeFile(join(folder, 'backup/flags.json'), '{"at":"2200-01-01T00:00:00Z","features":[{}]}');
    expect((await start()).health.origin).toBe('bootstrap');
  });

  it('meet tenants by what they are, and a share of them always at the same tenants', async () => {
    const byPlan = [{ name: 'default', parameters: {}, constraints: [{ contextName: 'plan', operator: 'IN', values: ['enterprise'] }] }];
    const byCohort = [{ name: 'default', parameters: {}, constraints: [{ contextName: 'cohort', operator: 'IN', values: ['2024-06'] }] }];
    await writeFile(
      join(folder, 'plan.json'),
      bootstrapOf('2026-01-01T00:00:00Z', feature('audit-export', true, byPlan), feature('ticket-uploads', true, byCohort)),
    );
    const flags = await start(false, { bootstrap: 'plan.json' });
    expect([ACME, GLOBEX].map((tenant) => flags.isOn('audit-export', tenant))).toEqual([false, true]);
    expect([ACME, { ...ACME, id: '01900000-0000-7000-8000-000000000001' }].map((tenant) => flags.isOn('ticket-uploads', tenant))).toEqual([
      false,
      true,
    ]);
    for (const stickiness of ['tenantId', 'default']) {
      const share = [{ name: 'flexibleRollout', parameters: { rollout: '50', stickiness, groupId: 'g' } }];
      const variants = [1, 2].map((n) => ({ name: `v${n}`, weight: 500, weightType: 'variable', stickiness }));
      await writeFile(
        join(folder, 'share.json'),
        bootstrapOf('2026-01-01T00:00:00Z', { ...feature('audit-export', true, share), variants }),
      );
      const [here, there] = [await start(false, { bootstrap: 'share.json' }), await start(false, { bootstrap: 'share.json' })];
      const seen = new Set<string>();
      fc.assert(
        fc.property(fc.uuid({ version: 7 }), (id) => {
          const tenant = { ...ACME, id };
          const said = [here, there, here].map(
            (node) => `${String(node.isOn('audit-export', tenant))} ${String(node.variant('audit-export', tenant))}`,
          );
          seen.add(said[0] ?? '');
          return new Set(said).size === 1;
        }),
        { numRuns: 300 },
      );
      expect([...seen].sort()).toEqual(['false null', 'true v1', 'true v2']);
    }
  });

  it('end at any moment without ending the process, also while the server fails', async () => {
    const program = `
      import { UnleashFlags } from '#adapters/unleash/unleash-flags.js';
      const log = { info() {}, warn() {} };
      for (let n = 0; n < 40; n++) {
        const server = { url: process.argv[1], token: 't' };
        const options = { appName: 'a', bootstrapFile: '-', backupFolder: process.argv[2], refreshMs: 5, log, server };
        const flags = await UnleashFlags.open(options);
        await new Promise((resolve) => setTimeout(resolve, (n * 7) % 50));
        flags.close();
      }
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      console.log('alive');`;
    const run = (address: string): Promise<[number, string]> =>
      new Promise((resolve) => {
        const env = { ...process.env, NODE_ENV: 'development' };
        execFile(process.execPath, ['--input-type=module', '-e', program, address, join(folder, 'x')], { env }, (error, stdout, stderr) =>
          resolve([error ? 1 : 0, stdout.trim() || stderr.slice(0, 500)]),
        );
      });
    pole.answer = () => (Math.random() < 0.5 ? { status: 0, body: '' } : { status: 200, body: '<html>' });
    expect(await Promise.all([run(url), run('http://127.0.0.1:9/api')])).toEqual([
      [0, 'alive'],
      [0, 'alive'],
    ]);
  }, 60_000);
});
