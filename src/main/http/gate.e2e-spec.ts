import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DatabaseConnection, type Driver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { LocalRateLimiter } from '#kernel/limits/local-rate-limiter.js';
import { MemoryLockout } from '#kernel/limits/memory-lockout.js';
import type { TenantDialect } from '#kernel/isolation/tenant-dialect.js';
import { hashApiKey, mintApiKey } from '#kernel/resolution/api-key.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { TenantUnavailableError } from '#kernel/tenancy/tenant.errors.js';
import type { Tenant, TenantStatus } from '#kernel/tenancy/tenant.js';
import type { Platform } from '#main/platform.js';
import type { Config } from '#main/config.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openTenantOrm } from '#main/orm/tenant.orm.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { TestPlatform } from '#testing/test-platform.js';
import { readPlans } from '#main/plans.js';
import { projectFolder } from '#main/project-folder.js';

const OPERATOR_TOKEN = 'operator-token-of-at-least-32-characters';

interface RawAnswer {
  readonly status: number;
  readonly headers: Map<string, string>;
  readonly text: string;
  readonly json: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- an answer is read as it came
}

function tenantOf(slug: string, status: TenantStatus = 'active', region = 'eu-west'): Tenant {
  const placement = {
    kind: 'row',
    region,
    cluster: `${region}-1`,
    database: 'tenantry',
    schema: 'shared',
    secret: null,
    epoch: 1,
  } as const;
  return {
    id: `id-of-${slug}`,
    slug,
    name: slug,
    plan: 'starter',
    status,
    access: 'full',
    billedFrom: null,
    homeVersion: null,
    homeNeeds: null,
    billedUntil: null,
    overrides: [],
    region,
    placement,
  };
}

/** Answers every read with one row that tells whose scope it was read in, after a while of its own. */
class ScopeTellingDriver implements Driver {
  async acquireConnection(): Promise<DatabaseConnection> {
    const slug = TenantScope.require('connect').slug;
    if (slug === 'broken') throw new TenantUnavailableError('no answer');
    return {
      executeQuery: async <R>() => {
        await pause(Math.random() * 4);
        const { slug: after } = TenantScope.require('query');
        const now = new Date();
        const row = {
          id: '',
          title: `${slug}/${after}`,
          description: '',
          labels: [],
          due_at: null,
          assignee_id: null,
          version: 1,
          created_at: now,
          updated_at: now,
        };
        return { rows: [row as R] };
      },
      streamQuery: () => {
        throw new Error('not streamed');
      },
    };
  }
  async init(): Promise<void> {}
  async beginTransaction(): Promise<void> {}
  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

describe('the gate', () => {
  const statuses = ['provisioning', 'suspended', 'cancelled'] as const;
  const tenants = [
    tenantOf('acme'),
    tenantOf('globex'),
    tenantOf('broken'),
    tenantOf('far', 'active', 'us-east'),
    ...statuses.map((status) => tenantOf(status, status)),
  ];
  const keys = new Map(tenants.map(({ slug }) => [slug, mintApiKey()]));
  const keyOf = (slug: string): string => keys.get(slug) ?? '';
  const logged: string[] = [];
  const apps: NestFastifyApplication[] = [];
  let test: TestPlatform;
  let port: number;
  let proxiedPort: number;

  async function open(settings: Partial<Config>): Promise<number> {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const find = (wanted: (tenant: Tenant) => boolean): Promise<Tenant | null> => Promise.resolve(tenants.find(wanted) ?? null);
    const dialect = {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ScopeTellingDriver(),
      createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    };
    const platform = {
      ...test.platform,
      config: {
        ...test.platform.config,
        NODE_ENV: 'test',
        BASE_DOMAIN: 'localhost',
        SERVED_REGIONS: ['eu-west'],
        TRUSTED_PROXIES: [],
        OPERATOR_TOKEN,
        ACCESS_TOKEN_KEYS: { keys: [{ ...(await exportJWK(privateKey)), kid: 'k' }] },
        ...settings,
      },
      log: pino({ level: 'debug' }, { write: (line: string) => void logged.push(line) }),
      directory: {
        bySlug: (slug: string) => find((tenant) => tenant.slug === slug),
        byId: (id: string) => find((tenant) => tenant.id === id),
        refresh: (id: string) => find((tenant) => tenant.id === id),
        byDomain: () => Promise.resolve(null),
        apiKey: (hash: string) => {
          const [slug] = [...keys].find(([, key]) => hashApiKey(key) === hash) ?? [];
          return Promise.resolve(
            slug === undefined ? null : { id: `key-of-${slug}`, tenantId: `id-of-${slug}`, permissions: null, createdBy: null },
          );
        },
      },
      contexts: new TenantContextFactory(
        openTenantOrm([Ticket], dialect as unknown as TenantDialect),
        new Kysely({ dialect }),
        () => undefined,
      ),
      registry: {
        stats: () => ({ 'cluster:eu-west-1': { total: 3, idle: 2, waiting: 0 }, 'secret:x': { total: 1, idle: 1, waiting: 0 } }),
      },
      plans: new PlanCatalogue(await readPlans(join(projectFolder(), 'provisioning/plans.yaml'))),
      limiter: new LocalRateLimiter(),
      lockout: new MemoryLockout(),
      health: () => Promise.resolve({ catalog: { status: 'up' } }),
    };
    const app = await createHttpApp(platform as unknown as Platform);
    await app.listen(0, '127.0.0.1');
    apps.push(app);
    return (app.getHttpServer().address() as { port: number }).port;
  }

  beforeAll(async () => {
    test = await TestPlatform.open();
    port = await open({});
    proxiedPort = await open({ TRUSTED_PROXIES: ['127.0.0.0/8'] });
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await test.close();
  });
  beforeEach(() => (logged.length = 0));

  /** Sends bytes as they are: an HTTP client would put right what is to be refused. */
  function raw(bytes: string, to = port): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const socket = connect(to, '127.0.0.1', () => socket.write(bytes));
      const chunks: Buffer[] = [];
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      socket.on('error', reject);
      socket.setTimeout(8_000, () => socket.destroy(new Error(`no answer to ${bytes.slice(0, 80)}`)));
      socket.on('close', () => resolve(parse(Buffer.concat(chunks).toString())));
    });
  }

  function parse(answer: string): RawAnswer {
    const [head = '', ...rest] = answer.split('\r\n\r\n');
    const [line = '', ...lines] = head.split('\r\n');
    const headers = new Map(
      lines.map((header) => [header.slice(0, header.indexOf(':')).toLowerCase(), header.slice(header.indexOf(':') + 1).trim()]),
    );
    const text = rest.join('\r\n\r\n');
    return { status: Number(line.split(' ')[1]), headers, text, json: text.startsWith('{') ? JSON.parse(text) : undefined };
  }

  interface Send {
    readonly method?: string;
    readonly path?: string;
    readonly host?: string | null;
    readonly key?: string;
    readonly headers?: readonly string[];
    readonly body?: string;
    readonly to?: number;
  }

  function send({
    method = 'GET',
    path = '/api/tickets',
    host = 'acme.localhost',
    key,
    headers = [],
    body,
    to,
  }: Send = {}): Promise<RawAnswer> {
    const lines = [
      `${method} ${path} HTTP/1.1`,
      ...(host === null ? [] : [`Host: ${host}`]),
      ...(key === undefined ? [] : [`Authorization: Bearer ${key}`]),
      ...(method === 'POST' ? [`Idempotency-Key: ${randomUUID()}`] : []),
      ...headers,
      ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
      'Connection: close',
    ];
    return raw(`${lines.join('\r\n')}\r\n\r\n${body ?? ''}`, to);
  }

  function expectProblem(answer: RawAnswer, status: number, code: string): void {
    expect({ status: answer.status, code: answer.json?.code }).toEqual({ status, code });
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.json).toMatchObject({
      type: `urn:tenantry:problem:${code}`,
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
    });
    expect(answer.json.requestId).toBe(answer.headers.get('x-request-id'));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  }

  it('serves a tenant under its host, whatever the case and port', async () => {
    for (const host of ['acme.localhost', 'ACME.LocalHost', 'acme.localhost:3000', 'acme.localhost:80']) {
      const answer = await send({ host, key: keyOf('acme') });
      expect(answer.status).toBe(200);
      expect(answer.json.data[0].title).toBe('acme/acme');
    }
    expect((await send({ headers: [`X-Api-Key: ${keyOf('acme')}`] })).status).toBe(200);
    expect((await send({ host: 'api.localhost', key: keyOf('globex') })).json.data[0].title).toBe('globex/globex');
  });

  it('marks every answer as private to its host and credential', async () => {
    const { headers } = await send({ key: keyOf('acme') });
    expect(headers.get('cache-control')).toBe('no-store');
    for (const name of ['Host', 'Authorization', 'X-Api-Key', 'Cookie']) expect(headers.get('vary')).toContain(name);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.has('x-powered-by') || headers.has('server')).toBe(false);
  });

  it.each([
    'acme.localhost.',
    'user@acme.localhost',
    'acme.localhost#x',
    'acme%2elocalhost',
    'acme.localhost:0',
    'acme.localhost:99999',
    'xn--acme.localhost',
    'ac_me.localhost',
    'acme.localhost,globex.localhost',
    '',
  ])('refuses the host %j', async (host) => expectProblem(await send({ host, key: keyOf('acme') }), 400, 'host.invalid'));

  it('refuses two hosts, none, and a target that names one', async () => {
    expectProblem(await send({ key: keyOf('acme'), headers: ['Host: globex.localhost'] }), 400, 'host.invalid');
    expectProblem(await send({ key: keyOf('acme'), headers: ['host: acme.localhost'] }), 400, 'host.invalid');
    expectProblem(await send({ key: keyOf('acme'), host: null }), 400, 'host.invalid');
    expectProblem(await send({ key: keyOf('acme'), path: 'http://globex.localhost/api/tickets' }), 400, 'host.invalid');
    expectProblem(await send({ method: 'OPTIONS', path: '*' }), 400, 'host.invalid');
    const old = await raw(`GET /api/tickets HTTP/1.0\r\n\r\n`);
    expectProblem(old, 400, 'host.invalid');
  });

  it('serves nothing under a host that is nobody’s', async () => {
    for (const host of ['evil.com', 'acme.localhost.evil.com', 'evillocalhost.com', '127.0.0.1', 'static.localhost', 'a.acme.localhost']) {
      expectProblem(await send({ host, key: keyOf('acme') }), 421, 'host.unknown');
    }
  });

  it('believes a forwarded host from a trusted proxy alone, and one value alone', async () => {
    const forwarded = ['X-Forwarded-Host: globex.localhost', 'Forwarded: host=globex.localhost'];
    expect((await send({ key: keyOf('acme'), headers: forwarded })).json.data[0].title).toBe('acme/acme');
    expect((await send({ key: keyOf('globex'), headers: forwarded, to: proxiedPort })).json.data[0].title).toBe('globex/globex');
    const list = ['X-Forwarded-Host: globex.localhost, acme.localhost'];
    expect((await send({ key: keyOf('acme'), headers: list, to: proxiedPort })).json.data[0].title).toBe('acme/acme');
    const twice = ['X-Forwarded-Host: globex.localhost', 'X-Forwarded-Host: globex.localhost'];
    expect((await send({ key: keyOf('acme'), headers: twice, to: proxiedPort })).json.data[0].title).toBe('acme/acme');
  });

  it.each(['constructor', 'toString', 'hasownproperty', 'nobody'])('knows no tenant %s', async (slug) => {
    expectProblem(await send({ host: `${slug}.localhost`, key: keyOf('acme') }), 404, 'tenant.unknown');
  });

  it('says what became of a tenant, and when to come again', async () => {
    const answer = await send({ host: 'provisioning.localhost' });
    expectProblem(answer, 503, 'tenant.provisioning');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expectProblem(await send({ host: 'suspended.localhost', key: keyOf('suspended') }), 402, 'tenant.suspended');
    expectProblem(await send({ host: 'cancelled.localhost' }), 410, 'tenant.cancelled');
    const far = await send({ host: 'far.localhost' });
    expectProblem(far, 421, 'tenant.misdirected');
    expect(far.json.region).toBe('us-east');
    const broken = await send({ host: 'broken.localhost', key: keyOf('broken') });
    expectProblem(broken, 503, 'tenant.unavailable');
    expect(broken.headers.has('retry-after')).toBe(true);
    const lines = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ msg }) => msg === 'not available')).toContainEqual(
      expect.objectContaining({
        code: 'tenant.unavailable',
        reason: 'no answer',
        tenantId: 'id-of-broken',
        requestId: broken.json.requestId,
      }),
    );
  });

  it('needs a credential of that tenant, and tells no kind of wrong one from another', async () => {
    const bodies = await Promise.all(
      [undefined, keyOf('globex'), mintApiKey(), 'nonsense'].map(async (key) => {
        const answer = await send(key === undefined ? {} : { key });
        expectProblem(answer, 401, 'access.unauthenticated');
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
        return JSON.stringify({ ...answer.json, requestId: '' });
      }),
    );
    expect(new Set(bodies).size).toBe(1);
    const alerts = logged.filter((line) => line.includes('access.foreign-credential'));
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toContain('id-of-globex');
    expect(logged.join('')).not.toContain(keyOf('globex'));
  });

  it('refuses two credentials that differ', async () => {
    const second = [`X-Api-Key: ${keyOf('globex')}`];
    expectProblem(await send({ key: keyOf('acme'), headers: second }), 400, 'access.ambiguous-credentials');
    expectProblem(
      await send({ key: keyOf('acme'), headers: [`Authorization: Bearer ${keyOf('globex')}`] }),
      400,
      'access.ambiguous-credentials',
    );
    expect((await send({ key: keyOf('acme'), headers: [`X-Api-Key: ${keyOf('acme')}`] })).status).toBe(200);
  });

  it('takes X-Tenant-Id only to agree', async () => {
    expect((await send({ key: keyOf('acme'), headers: ['X-Tenant-Id: id-of-acme'] })).status).toBe(200);
    expectProblem(await send({ key: keyOf('acme'), headers: ['X-Tenant-Id: id-of-globex'] }), 403, 'access.tenant-mismatch');
    expectProblem(
      await send({ key: keyOf('acme'), host: 'api.localhost', headers: ['X-Tenant-Id: globex'] }),
      403,
      'access.tenant-mismatch',
    );
    expectProblem(await send({ key: keyOf('acme'), headers: ['X-Tenant-Id: acme', 'X-Tenant-Id: globex'] }), 403, 'access.tenant-mismatch');
    expectProblem(await send({ host: 'api.localhost', headers: ['X-Tenant-Id: acme'] }), 401, 'access.unauthenticated');
  });

  it.each([
    ['GET', '/api/%74ickets'],
    ['GET', '/%61pi/tickets'],
    ['GET', '/api/tickets?x=1'],
    ['HEAD', '/api/tickets'],
    ['GET', '/api/tickets/01970000-0000-7000-8000-00000000000a'],
    ['DELETE', '/api/tickets/x'],
    ['PATCH', '/api/tickets/x'],
    ['POST', '/api/tickets'],
  ])('lets nobody without a credential %s %s', async (method, path) => {
    expect((await send({ method, path })).status).toBe(401);
  });

  it.each([
    '//api/tickets',
    '/api//tickets',
    '/api/tickets/',
    '/api/tickets;x',
    '/api/tickets%2F..',
    '/API/tickets',
    '/api/tickets/..%2f..',
    '/%61dmin',
    '/metrics/..',
  ])('finds nothing at %s', async (path) => expectProblem(await send({ path, key: keyOf('acme') }), 404, 'route.unknown'));

  it('has no other methods, however they are asked for, and says which it has', async () => {
    for (const method of ['OPTIONS', 'PUT', 'DELETE', 'TRACE']) {
      const answer = await send({ method, key: keyOf('acme') });
      expectProblem(answer, 405, 'route.method-not-allowed');
      expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    }
    const one = await send({ method: 'PUT', path: '/api/tickets/x', key: keyOf('acme'), headers: ['Content-Type: x/y'], body: 'x' });
    expectProblem(one, 405, 'route.method-not-allowed');
    expect(one.headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining(['DELETE', 'GET', 'HEAD', 'PATCH']));
    expect((await send({ key: keyOf('acme'), headers: ['X-HTTP-Method-Override: DELETE'] })).json.data[0].title).toBe('acme/acme');
  });

  it('tells of its methods those alone who may ask there', async () => {
    expectProblem(await send({ method: 'PUT' }), 401, 'access.unauthenticated');
    expectProblem(await send({ method: 'PUT', key: keyOf('globex') }), 401, 'access.unauthenticated');
    expectProblem(await send({ method: 'PUT', host: 'evil.com', key: keyOf('acme') }), 421, 'host.unknown');
    expectProblem(await send({ method: 'PUT', host: 'localhost', key: keyOf('acme') }), 404, 'route.unknown');
    expectProblem(await send({ method: 'PUT', host: 'suspended.localhost', key: keyOf('suspended') }), 402, 'tenant.suspended');
    expectProblem(await send({ method: 'POST', host: 'admin.localhost', path: '/metrics' }), 401, 'access.unauthenticated');
    expectProblem(await send({ method: 'PUT', path: '/api/nothing', key: keyOf('acme') }), 404, 'route.unknown');
    expect((await send({ method: 'POST', host: 'nobody.localhost', path: '/health/live' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it('refuses an address it cannot read', async () => {
    expectProblem(await send({ path: '/api/%zz', key: keyOf('acme') }), 400, 'route.malformed');
    expectProblem(await send({ path: `/api/tickets/${'x'.repeat(300)}`, key: keyOf('acme') }), 404, 'route.unknown');
  });

  it('keeps the routes of tenants and of the platform apart', async () => {
    for (const host of ['localhost', 'www.localhost', 'app.localhost', 'admin.localhost'])
      expectProblem(await send({ host, key: keyOf('acme') }), 404, 'route.unknown');
    for (const host of ['acme.localhost', 'localhost', 'api.localhost'])
      expectProblem(await send({ host, path: '/metrics', key: OPERATOR_TOKEN }), 404, 'route.unknown');
  });

  it('shows measurements to operators, without any tenant in them', async () => {
    await send({ key: keyOf('acme') });
    const answer = await send({ host: 'admin.localhost', path: '/metrics', key: OPERATOR_TOKEN });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(answer.text).toMatch(/tenantry_http_requests_total\{method="GET",route="\/api\/tickets",status="200"\} \d+/);
    expect(answer.text).toContain('tenantry_pool_connections{target="own-databases",state="total"} 1');
    expect(answer.text).not.toContain('acme');
    for (const key of [undefined, 'wrong', keyOf('acme'), `${OPERATOR_TOKEN}x`]) {
      expectProblem(
        await send({ host: 'admin.localhost', path: '/metrics', ...(key !== undefined && { key }) }),
        401,
        'access.unauthenticated',
      );
    }
  });

  it('answers probes and describes itself under every host', async () => {
    for (const host of ['acme.localhost', 'localhost', '127.0.0.1:3000', '[::1]:3000', 'nobody.localhost']) {
      expect((await send({ host, path: '/health/live' })).json).toEqual({ status: 'up' });
    }
    expect((await send({ path: '/health/ready' })).json).toEqual({ status: 'up', checks: { catalog: { status: 'up' } } });
    expect((await send({ path: '/api/openapi.json' })).json.openapi).toBe('3.1.0');
    const docs = await send({ path: '/api/docs' });
    expect(docs.text).toContain('/api/tickets/{id}');
    expect(docs.text).not.toMatch(/<script|src=|https?:/);
    expect(docs.headers.get('content-security-policy')).toContain("style-src 'sha256-");
  });

  it('takes a request id that can stand in a log, and makes one otherwise', async () => {
    expect((await send({ headers: ['X-Request-Id: abc_DEF-123'] })).headers.get('x-request-id')).toBe('abc_DEF-123');
    for (const id of ['short', 'x'.repeat(65), 'with space 1', '"quoted-id"', 'abc_DEF-123, abc_DEF-124']) {
      expect((await send({ headers: [`X-Request-Id: ${id}`] })).headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    }
  });

  it('logs one line a request, with nothing of what the caller wrote', async () => {
    await send({
      method: 'POST',
      path: '/api/tickets?secret-query=1',
      key: keyOf('acme'),
      headers: ['Content-Type: application/json', 'Cookie: a=secret-cookie'],
      body: '{"title":"secret-title","x":1}',
    });
    const lines = logged.filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      method: 'POST',
      route: '/api/tickets',
      status: 422,
      tenantId: 'id-of-acme',
      code: 'validation.failed',
    });
    expect(logged.join('')).not.toMatch(new RegExp(`secret-|${keyOf('acme')}`));
  });

  const json = ['Content-Type: application/json'];
  const post = (body: string, headers = json): Promise<RawAnswer> => send({ method: 'POST', key: keyOf('acme'), headers, body });

  it.each([
    '{',
    'nonsense',
    '',
    '{"title":"x"',
    '{"__proto__":{"isAdmin":true},"title":"x"}',
    '{"title":"x","labels":[{"__proto__":1}]}',
    '{"constructor":{"prototype":{"x":1}},"title":"x"}',
    '\u0000',
  ])('refuses the body %j as malformed', async (body) => expectProblem(await post(body), 400, 'body.malformed'));

  it('refuses a body that is missing, too large, or of another type', async () => {
    expectProblem(await send({ method: 'POST', key: keyOf('acme') }), 400, 'body.malformed');
    expectProblem(await post(JSON.stringify({ title: 'x'.repeat(1_100_000) })), 413, 'body.too-large');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'multipart/form-data; boundary=x']) {
      expectProblem(await post('title=x', [`Content-Type: ${type}`]), 415, 'body.unsupported-type');
    }
    expectProblem(await post('{"title":"x"}', []), 415, 'body.unsupported-type');
  });

  it.each([
    ['{"$raw":"select 1"}', '/title'],
    ['{"title":{"__raw":true,"sql":"1"}}', '/title'],
    ['{"title":{"$or":[{"id":1}]}}', '/title'],
    ['{"title":{"$re":".*"}}', '/title'],
    ['{"title":["x"]}', '/title'],
    ['{"title":"x","labels":{"$fulltext":"x"}}', '/labels'],
    ['{"title":"x","labels":["a",{"raw":"1"}]}', '/labels/1'],
    ['{"title":"x\\u0000"}', '/title'],
    ['{"title":""}', '/title'],
    ['{"title":"x","dueAt":"tomorrow"}', '/dueAt'],
    ['{"title":"x","dueAt":"0000-06-01T00:00:00Z"}', '/dueAt'],
    ['{"title":"x","dueAt":"0001-01-01T00:00:00+02:00"}', '/dueAt'],
    ['{"title":"x","dueAt":"9999-12-31T23:59:59-02:00"}', '/dueAt'],
    ['{"title":"x","priority":"urgent\'; --"}', '/priority'],
    ['{"title":"x","tenantId":"id-of-globex"}', ''],
    ['{"title":"x","constructor":1}', ''],
    ['[]', ''],
    ['null', ''],
    ['"x"', ''],
  ])('lists what is wrong with %s', async (body, pointer) => {
    const answer = await post(body);
    expectProblem(answer, 422, 'validation.failed');
    expect(answer.json.errors).toContainEqual({ pointer, detail: expect.any(String) });
  });

  it.each([
    'status=open%27--',
    'status[$ne]=open',
    'orderBy=created_at;drop',
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1e1',
    'limit=10&limit=20',
    '__proto__=1',
    'status=open&status=open',
  ])('refuses the query %s', async (query) =>
    expectProblem(await send({ path: `/api/tickets?${query}`, key: keyOf('acme') }), 422, 'validation.failed'),
  );

  it.each([
    'x',
    'bm9uc2Vuc2U',
    Buffer.from('["a","b"]').toString('base64url'),
    Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString('base64url'),
    'é',
  ])('refuses the cursor %s', async (cursor) =>
    expectProblem(await send({ path: `/api/tickets?cursor=${encodeURIComponent(cursor)}`, key: keyOf('acme') }), 400, 'cursor.invalid'),
  );

  it('answers what cannot even be read as a request', async () => {
    expectProblem(await send({ headers: [`X-Long: ${'x'.repeat(20_000)}`] }), 431, 'request.headers-too-large');
    expectProblem(await raw('NONSENSE\r\n\r\n'), 400, 'request.malformed');
    expectProblem(await raw('GET / HTTP/1.1\r\nHost : acme.localhost\r\n\r\n'), 400, 'request.malformed');
  });

  it('keeps a thousand interleaved requests apart', async () => {
    const slugs = ['acme', 'globex'] as const;
    const wrong: string[] = [];
    await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const slug = slugs[Math.floor(Math.random() * 2)] ?? 'acme';
        await pause(index % 50);
        const answer = await apps[0]!.inject({
          url: '/api/tickets',
          headers: { host: `${slug}.localhost`, authorization: `Bearer ${keyOf(slug)}` },
        });
        const title = answer.json<{ data: { title: string }[] }>().data[0]?.title;
        if (title !== `${slug}/${slug}`) wrong.push(`${slug} got ${String(title)}`);
      }),
    );
    expect(wrong).toEqual([]);
  });
});
