import { execFile } from 'node:child_process';
import { randomUUIDv7 } from 'node:crypto';
import { join } from 'node:path';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { withSession } from '#adapters/postgres/session.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { shortOf } from '#testing/member-stage.js';
import { OperatorStage } from '#testing/operators/operator-stage.js';

const PROGRAM = join(process.cwd(), 'dist/src/main/cli.js');

interface Granted {
  readonly id: string;
  readonly url: string;
  readonly role: string;
  readonly expiresAt: string;
}

describe('the doors to an auditor’s login', () => {
  let stage: OperatorStage;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await OperatorStage.open();
    ({ acme, globex } = await stage.tests.pair('schema'));
  });
  afterAll(() => stage.close());

  const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();
  const at = (tenant: string, id = ''): string => `/api/platform/tenants/${tenant}/auditors${id && `/${id}`}`;
  const grant = (tenant: string, body: object = {}) =>
    stage.ask('POST', at(tenant), stage.token, { email: 'ada@example.test', expiresAt: inAnHour(), reason: 'yearly audit', ...body });
  const titles = (url: string): Promise<unknown> =>
    withSession(url, async (session) => (await session.query('select email from member')).rows).catch(
      (error: unknown) => (error as { code?: string }).code,
    );
  const run = (...args: string[]): Promise<{ code: number; document: Granted & { error?: { code: string } } }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [PROGRAM, ...args, '--json'], { env: process.env }, (error, stdout) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, document: JSON.parse(stdout) as Granted }),
      );
    });

  it('make one, by the tenant’s id or name, list it without what opens it, and end it', async () => {
    for (const tenant of [acme.id, acme.slug]) {
      const made = await grant(tenant);
      expect([made.statusCode, made.headers['cache-control']]).toEqual([201, 'no-store']);
      const { id, url, role, expiresAt } = made.json<Granted>();
      expect(Object.keys(made.json<object>()).sort()).toEqual(['expiresAt', 'id', 'role', 'url']);
      expect(await titles(url)).toEqual([{ email: 'admin@example.test' }]);
      const listed = await stage.ask('GET', at(tenant), stage.token);
      expect(listed.json<{ data: object[] }>().data[0]).toMatchObject({ id, role, expiresAt, email: 'ada@example.test', revokedAt: null });
      expect(listed.body).not.toContain(new URL(url).password);
      expect((await stage.ask('GET', at(globex.id), stage.token)).json()).toEqual({ data: [], nextCursor: null });
      expect((await stage.ask('DELETE', at(tenant, id), stage.token, { reason: 'it is over' })).statusCode).toBe(204);
      expect(await titles(url)).toBe('28P01');
      expect((await stage.ask('DELETE', at(tenant, id), stage.token, {})).statusCode).toBe(204);
      const acts = await new PlatformAuditChain(stage.tests.platform.catalog).list({ tenantId: acme.id, limit: 2 });
      expect(acts.map(({ action, reason }) => [action, reason])).toEqual([
        ['tenant.revoke-auditor', 'it is over'],
        ['tenant.grant-auditor', 'yearly audit'],
      ]);
    }
  });

  it.each([
    ['no e-mail address', { email: 'ada' }, 422, 'validation.failed'],
    ['no time', { expiresAt: 'tomorrow' }, 422, 'validation.failed'],
    ['a time that is over', { expiresAt: '2020-01-01T00:00:00Z' }, 422, 'auditors.expiry-refused'],
    ['a time too far', { expiresAt: '2999-01-01T00:00:00Z' }, 422, 'auditors.expiry-refused'],
    ['a field that nobody knows', { role: 'postgres' }, 422, 'validation.failed'],
  ])('refuse %s', async (_what, body, status, code) => {
    expect(shortOf(await grant(acme.id, body))).toEqual([status, code]);
  });

  it('refuse a tenant or an auditor that is not there, another tenant’s auditor, and whoever may not', async () => {
    expect(shortOf(await grant(randomUUIDv7()))).toEqual([404, 'tenant.unknown']);
    expect(shortOf(await stage.ask('DELETE', at(acme.id, randomUUIDv7()), stage.token, { reason: 'over' }))).toEqual([
      404,
      'auditors.not-found',
    ]);
    const { id, url } = (await grant(acme.id)).json<Granted>();
    expect(shortOf(await stage.ask('DELETE', at(globex.id, id), stage.token, { reason: 'over' }))).toEqual([404, 'auditors.not-found']);
    const support = await stage.signedIn('support');
    const asked = { email: 'ada@example.test', expiresAt: inAnHour(), reason: 'yearly audit' };
    expect(shortOf(await stage.ask('POST', at(acme.id), support.bearer, asked))).toEqual([403, 'operators.denied']);
    expect((await stage.ask('POST', at(acme.id), {}, asked)).statusCode).toBe(401);
    expect(await titles(url)).toEqual([{ email: 'admin@example.test' }]);
  });

  it('are at the command line too', async () => {
    const { code, document } = await run(
      'tenant',
      'auditor',
      acme.slug,
      '--email',
      'ada@example.test',
      '--until',
      inAnHour(),
      '--reason',
      'audit',
    );
    expect([code, await titles(document.url)]).toEqual([0, [{ email: 'admin@example.test' }]]);
    const ended = await run('tenant', 'auditor', acme.slug, '--revoke', document.id, '--reason', 'over');
    expect([ended, await titles(document.url)]).toEqual([{ code: 0, document: { id: document.id, revoked: true } }, '28P01']);
    for (const wrong of [
      ['--email', 'ada'],
      ['--email', 'a@b.test', '--until', 'soon'],
      ['--revoke', 'all'],
    ])
      expect(await run('tenant', 'auditor', acme.slug, ...wrong, '--reason', 'x')).toMatchObject({
        code: 2,
        document: { error: { code: 'usage' } },
      });
  }, 180_000);
});
