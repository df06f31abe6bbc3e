import { randomBytes, randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { TicketView } from '#plugins/tickets/ticket.schemas.js';
import { createHttpApp } from '#main/http/http-app.js';
import type { Platform } from '#main/platform.js';
import type { Provisioning } from '#main/provisioning.js';
import { TestPlatform } from '#testing/test-platform.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

interface Member {
  readonly tenant: Tenant;
  readonly key: string;
}

const PLANS = ['starter', 'professional', 'enterprise'] as const;

describe('the api on real servers', () => {
  const run = randomBytes(4).toString('hex');
  const members = new Map<string, Member>();
  let app: NestFastifyApplication;
  let platform: Platform;
  let provisioning: Provisioning;
  let tests: TestPlatform;

  beforeAll(async () => {
    tests = await TestPlatform.open();
    ({ platform, provisioning } = tests);
    const made = PLANS.flatMap((plan) => ['acme', 'globex'].map(async (name) => join(`${plan}-${name}`, plan)));
    await Promise.all(made);
    app = await createHttpApp(platform);
  }, 120_000);

  afterAll(async () => {
    await app.close();
    await tests.close();
  });

  async function join(name: string, plan: string): Promise<Member> {
    const admin = { adminEmail: `${name}@example.com` };
    const tenant = await tests.make({ slug: `${name}-${run}`, companyName: name, ...admin, plan, region: 'eu-west' });
    const member = { tenant, key: (await provisioning.apiKeys.issue(tenant.id, 'spec')).key };
    members.set(name, member);
    return member;
  }

  const member = (name: string): Member => members.get(name)!;

  interface Ask {
    readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
    readonly url?: string;
    readonly body?: object;
    readonly headers?: Record<string, string>;
    readonly host?: string;
  }

  function ask(
    { tenant, key }: Member,
    { method = 'GET', url = '/api/tickets', body, headers = {}, host }: Ask = {},
  ): Promise<LightMyRequestResponse> {
    return app.inject({
      method,
      url,
      headers: {
        host: host ?? `${tenant.slug}.localhost`,
        authorization: `Bearer ${key}`,
        ...(method === 'POST' && { 'idempotency-key': randomUUID() }),
        ...headers,
      },
      ...(body && { payload: body }),
    });
  }

  const open = async (whose: Member, body: object): Promise<TicketView> => {
    const answer = await ask(whose, { method: 'POST', body });
    expect({ status: answer.statusCode, body: answer.json() }).toMatchObject({ status: 201 });
    return answer.json<TicketView>();
  };
  const codeOf = (answer: LightMyRequestResponse): [number, string] => [answer.statusCode, answer.json<{ code: string }>().code];

  describe.each(PLANS)('%s', (plan) => {
    const acme = (): Member => member(`${plan}-acme`);
    const globex = (): Member => member(`${plan}-globex`);

    it.each(['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z'])('keeps the time %s as it is', async (dueAt) => {
      const { id } = await open(acme(), { title: 'Due at the edge', dueAt });
      const listed = (await ask(acme())).json<{ data: TicketView[] }>().data.find((ticket) => ticket.id === id);
      const read = (await ask(acme(), { url: `/api/tickets/${id}` })).json<TicketView>();
      expect([listed?.dueAt, read.dueAt]).toEqual([dueAt, dueAt]);
    });

    it('takes a ticket from opening to deletion', async () => {
      const dueAt = '2030-01-02T03:04:05+02:00';
      const opened = await ask(acme(), { method: 'POST', body: { title: ' Leak ', labels: ['a "b"', 'c,d'], dueAt, priority: 'high' } });
      const ticket = opened.json<TicketView>();
      expect(opened.statusCode).toBe(201);
      expect(opened.headers).toMatchObject({ location: `/api/tickets/${ticket.id}`, etag: '"1"' });
      expect(ticket).toEqual({
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        title: 'Leak',
        description: '',
        status: 'open',
        priority: 'high',
        assigneeId: null,
        labels: ['a "b"', 'c,d'],
        dueAt: '2030-01-02T01:04:05.000Z',
        createdBy: { kind: 'machine', id: expect.any(String) },
        version: 1,
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updatedAt: ticket.createdAt,
      });
      const url = `/api/tickets/${ticket.id}`;
      const read = await ask(acme(), { url });
      expect(read.json()).toEqual(ticket);
      expect(read.headers.etag).toBe('"1"');
      for (const known of ['"1"', 'W/"1"', '"7", "1"', '*'])
        expect([known, (await ask(acme(), { url, headers: { 'if-none-match': known } })).statusCode]).toEqual([known, 304]);
      expect((await ask(acme(), { url, headers: { 'if-none-match': '"2"' } })).statusCode).toBe(200);
      const listed = (await ask(acme())).json<{ data: TicketView[] }>();
      expect(listed.data[0]).toEqual(ticket);

      const changed = await ask(acme(), {
        method: 'PATCH',
        url,
        body: { status: 'completed', priority: 'low', dueAt: null },
        headers: { 'if-match': '"1"' },
      });
      expect(changed.json()).toMatchObject({ status: 'completed', priority: 'low', dueAt: null, version: 2, title: 'Leak' });
      expect(changed.headers.etag).toBe('"2"');
      expect((await ask(acme(), { url })).json()).toEqual(changed.json());

      expect(codeOf(await ask(acme(), { method: 'DELETE', url }))).toEqual([428, 'precondition.required']);
      const stale = await ask(acme(), { method: 'DELETE', url, headers: { 'if-match': '"1"' } });
      expect(codeOf(stale)).toEqual([412, 'precondition.failed']);
      expect(stale.headers.etag).toBe('"2"');
      const gone = await ask(acme(), { method: 'DELETE', url, headers: { 'if-match': '"2"' } });
      expect([gone.statusCode, gone.body]).toEqual([204, '']);
      expect(codeOf(await ask(acme(), { url }))).toEqual([404, 'tickets.not-found']);
    });

    it('keeps one change of two that are based on the same version', async () => {
      const { id } = await open(acme(), { title: 'race' });
      const change = (title: string): Promise<LightMyRequestResponse> =>
        ask(acme(), { method: 'PATCH', url: `/api/tickets/${id}`, body: { title }, headers: { 'if-match': '"1"' } });
      const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => change(`change ${index}`)));
      expect(answers.map((answer) => answer.statusCode).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
      const winner = answers.find((answer) => answer.statusCode === 200)?.json<TicketView>();
      expect((await ask(acme(), { url: `/api/tickets/${id}` })).json()).toEqual(winner);
    });

    it('shows and lends nothing of another tenant', async () => {
      const { id } = await open(acme(), { title: 'secret of acme' });
      const url = `/api/tickets/${id}`;
      const any = { 'if-match': '*' };
      expect(codeOf(await ask(globex(), { url }))).toEqual([404, 'tickets.not-found']);
      expect(codeOf(await ask(globex(), { method: 'PATCH', url, body: { title: 'mine' }, headers: any }))).toEqual([
        404,
        'tickets.not-found',
      ]);
      expect(codeOf(await ask(globex(), { method: 'DELETE', url, headers: any }))).toEqual([404, 'tickets.not-found']);
      expect((await ask(globex())).body).not.toContain('secret of acme');
      expect((await ask(acme(), { url })).json()).toMatchObject({ title: 'secret of acme', version: 1 });
    });

    it('walks a list page by page, and meets every ticket once while others arrive', async () => {
      const whose = await join(`${plan}-walk`, plan);
      const ids = new Set<string>();
      for (let index = 0; index < 7; index += 1) ids.add((await open(whose, { title: `ticket ${index}` })).id);
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const answer = await ask(whose, { url: `/api/tickets?limit=3${cursor && `&cursor=${cursor}`}` });
        const page: { data: TicketView[]; nextCursor: string | null } = answer.json();
        seen.push(...page.data.map(({ id }) => id));
        cursor = page.nextCursor;
        await open(whose, { title: 'newcomer' });
      }
      expect(seen).toHaveLength(7);
      expect(new Set(seen)).toEqual(ids);
      const { id } = (await ask(whose)).json<{ data: TicketView[] }>().data[0]!;
      await ask(whose, { method: 'PATCH', url: `/api/tickets/${id}`, body: { status: 'cancelled' }, headers: { 'if-match': '*' } });
      const cancelled = (await ask(whose, { url: '/api/tickets?status=cancelled' })).json<{ data: TicketView[] }>();
      expect(cancelled.data.map((ticket) => ticket.id)).toEqual([id]);
    });

    it('keeps what somebody writes to the letter', async () => {
      const labels = ['{}', 'NULL', '""', "'", 'a\\b', 'ü, ö', 'null'];
      const title = `'; drop table tickets; -- \\ ? $1 {"$raw":1} 𝕏 \u{1F600}`;
      const { id } = await open(acme(), { title, description: 'a\r\nb\t\\0', labels });
      expect((await ask(acme(), { url: `/api/tickets/${id}` })).json()).toMatchObject({ title, description: 'a\r\nb\t\\0', labels });
      expect((await ask(acme())).json<{ data: TicketView[] }>().data[0]).toMatchObject({ title, labels });
    });

    it('shuts out a suspended tenant and lets it back in', async () => {
      const whose = globex();
      await provisioning.provisioner.setStatus(whose.tenant.id, 'suspended');
      expect(codeOf(await ask(whose))).toEqual([402, 'tenant.suspended']);
      await provisioning.provisioner.setStatus(whose.tenant.id, 'active');
      expect((await ask(whose)).statusCode).toBe(200);
    });
  });

  it('refuses the key of a tenant of one tier at the host of another', async () => {
    for (const key of ['starter-acme', 'professional-acme', 'enterprise-acme']) {
      for (const host of ['starter-globex', 'professional-globex', 'enterprise-globex']) {
        expect(codeOf(await ask(member(key), { host: `${member(host).tenant.slug}.localhost` }))).toEqual([401, 'access.unauthenticated']);
      }
    }
  });

  it('refuses a revoked key from the next request on', async () => {
    const { tenant } = member('starter-acme');
    const { id, key } = await provisioning.apiKeys.issue(tenant.id, 'short-lived');
    expect((await ask({ tenant, key })).statusCode).toBe(200);
    await provisioning.apiKeys.revoke(tenant.id, id);
    expect(codeOf(await ask({ tenant, key }))).toEqual([401, 'access.unauthenticated']);
  });

  it('keeps a thousand interleaved requests of all tiers apart', async () => {
    const names = PLANS.flatMap((plan) => [`${plan}-acme`, `${plan}-globex`]);
    const tags = new Map(
      await Promise.all(names.map(async (name) => [name, (await open(member(name), { title: `tag of ${name}` })).id] as const)),
    );
    const wrong: string[] = [];
    let left = 1_000;
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const name = names[Math.floor(Math.random() * names.length)]!;
        const answer = await ask(
          member(name),
          Math.random() < 0.5 ? { url: '/api/tickets?limit=100' } : { url: `/api/tickets/${tags.get(name)!}` },
        );
        const own = answer.statusCode === 200 && answer.body.includes(`tag of ${name}`);
        const others = names.some((other) => other !== name && answer.body.includes(`tag of ${other}`));
        if (!own || others) wrong.push(`${name}: ${answer.statusCode} ${answer.body.slice(0, 200)}`);
      }
    };
    await Promise.all(Array.from({ length: 24 }, work));
    expect(wrong).toEqual([]);
  });

  it('says that it is ready', async () => {
    const answer = await app.inject({ url: '/health/ready', headers: { host: '127.0.0.1:3000' } });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ checks: { catalog: { status: 'up' } } });
  });
});
