import { randomUUIDv7 } from 'node:crypto';
import pg from 'pg';
import { pino } from 'pino';
import { AuditorBook, type AuditorCard } from '#catalog/auditors/auditor-book.js';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import {
  AuditedTenantClosedError,
  AuditorExpiryRefusedError,
  AuditorLoginFailedError,
  AuditorNotDueError,
  AuditorNotFoundError,
} from '#control/auditors/auditor.errors.js';
import type { AuditorLogins } from '#control/auditors/auditor-logins.js';
import { actingAsOperator } from '#control/operators/acting-operator.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { openPlatform } from '#main/platform.js';
import { startPlatformEngine } from '#main/platform-engine.js';
import { openProvisioning } from '#main/provisioning.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { until } from '#testing/faults/until.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TenantAuditChain } from '#workspace/audit/tenant-audit-chain.js';

const HOUR_MS = 3_600_000;

const OPERATOR = { name: 'operator', roles: ['security'] } as const;

describe.each(TIERS)('an auditor of a tenant of the %s tier', (tier) => {
  let test: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;
  const open: pg.Client[] = [];

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ acme, globex } = await test.pair(tier));
    const sql = new TenantSql(test.platform);
    for (const tenant of [acme, globex])
      await sql.run(
        tenant,
        `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, $3, now(), now()), ($1, $4, $3, now(), now())`,
        [tenant.id, randomUUIDv7(), `of ${tenant.slug}`, randomUUIDv7()],
      );
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((session) => session.end().catch(() => undefined)));
  });
  afterAll(() => test.close());

  const grant = (tenant: Tenant, forMs = HOUR_MS): Promise<AuditorCard & { url: string }> =>
    test.platform.auditors.grant(tenant.slug, {
      email: 'auditor@example.test',
      expiresAt: new Date(Date.now() + forMs),
      reason: 'the yearly audit',
    });
  const connect = async (url: string): Promise<pg.Client> => {
    const session = new pg.Client({ connectionString: url });
    session.on('error', () => undefined);
    await session.connect();
    open.push(session);
    return session;
  };
  const codeOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'allowed',
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  const titles = async (session: pg.Client): Promise<string[]> =>
    (await session.query<{ title: string }>('select title from tickets')).rows.map(({ title }) => title);
  const superuser = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> => {
    const { provisionUrl } = await test.provisioning.clusterBook.named(acme.placement.cluster);
    const session = await connect(Object.assign(new URL(provisionUrl), { pathname: `/${acme.placement.database}` }).href);
    return (await session.query<Record<string, unknown>>(text, values)).rows;
  };

  it('reads the rows of its tenant by their bare names, and nobody else’s', async () => {
    const mine = await connect((await grant(acme)).url);
    const theirs = await connect((await grant(globex)).url);
    expect(await titles(mine)).toEqual([`of ${acme.slug}`, `of ${acme.slug}`]);
    expect(await titles(theirs)).toEqual([`of ${globex.slug}`, `of ${globex.slug}`]);
    const { rows } = await mine.query('select email, roles from member');
    expect(rows).toHaveLength(1);
    await mine.query('select * from audit_event');
    const there = `select * from "${globex.placement.schema}".tickets where tenant_id = '${globex.id}'`;
    const seen = await mine.query(there).then(
      (result) => result.rows,
      () => [],
    );
    expect(seen).toEqual([]);
  });

  it.each([
    ['writes', `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, gen_random_uuid(), 'x', now(), now())`],
    ['changes', `update tickets set title = 'x' where tenant_id = $1`],
    ['deletes', 'delete from tickets where tenant_id = $1'],
    ['locks', 'select * from tickets where tenant_id = $1 for update'],
  ])('%s nothing, whatever it sets', async (_what, text) => {
    const session = await connect((await grant(acme)).url);
    expect(await codeOf(session.query(text, [acme.id]))).toMatch(/25006|42501/);
    await session.query('set default_transaction_read_only = off');
    await session.query('set session characteristics as transaction read write');
    expect(await codeOf(session.query(text, [acme.id]))).toBe('42501');
    expect(await codeOf(session.query('create temp table mine (id int)'))).toBe('42501');
  });

  it.each([
    'select password_hash from member',
    'select * from member',
    'select * from refresh_token',
    'select * from one_time_token',
    'select * from idempotency_key',
    'select body from mail_delivery',
    'select * from tenancy.outbox',
    'select * from tenancy.fence',
    'select * from tenancy.auditor',
    'select tenancy.audited($$shared$$)',
  ])('is not shown what opens something: %s', async (text) => {
    expect(await codeOf((await connect((await grant(acme)).url)).query(text))).toBe('42501');
  });

  it('opens no other database of the server, at most five sessions, and becomes nobody else', async () => {
    const { url, role } = await grant(acme);
    for (const { datname } of await superuser('select datname from pg_database where datallowconn and datname <> current_database()')) {
      const elsewhere = Object.assign(new URL(url), { pathname: `/${String(datname)}` }).href;
      expect([datname, await codeOf(connect(elsewhere))]).toEqual([datname, expect.stringMatching(/^(42501|3D000)$/)]);
    }
    const sessions = await Promise.all([1, 2, 3, 4, 5].map(() => connect(url)));
    expect(await codeOf(connect(url))).toBe('53300');
    for (const other of ['tenantry_auditor', 'tenantry_tenant', 'tenantry_owner', 'tenantry_keeper', 'tenantry_migrator', 'postgres'])
      expect([other, await codeOf(sessions[0]!.query(`set role ${other}`))]).toEqual([other, '42501']);
    await sessions[0]!.query('set default_transaction_read_only = off');
    expect(await codeOf(sessions[0]!.query(`alter role ${role} valid until 'infinity'`))).toBe('42501');
    expect(await codeOf(sessions[0]!.query(`alter role ${role} connection limit 100`))).toBe('42501');
  });

  it('is refused from the second it ends, in a session that is open too, and without anybody who sees to it', async () => {
    const { url } = await grant(acme, 2_000);
    const session = await connect(url);
    expect(await titles(session)).toHaveLength(2);
    await until(async () => (await codeOf(titles(session))) === '42501', 10_000);
    expect(await codeOf(connect(url))).toBe('28P01');
    const { rows } = await session.query('select 1 as one');
    expect(rows).toEqual([{ one: 1 }]);
  });

  it('costs a tenant nothing: each is planned with its own policy alone', async () => {
    const text = 'explain (verbose, costs off) select title from tickets';
    const planOf = (rows: Record<string, unknown>[]): string => rows.map((row) => String(row['QUERY PLAN'])).join('\n');
    const asTenant = planOf(await new TenantSql(test.platform).run(acme, text));
    const asAuditor = planOf((await (await connect((await grant(acme)).url)).query<Record<string, unknown>>(text)).rows);
    expect([asTenant.includes('tenant_of'), asTenant.includes('audited')]).toEqual([true, false]);
    expect([asAuditor.includes('tenant_of'), asAuditor.includes('audited')]).toEqual([false, true]);
  });

  it('is ended when its time is over, once, and not before', async () => {
    const { id, role } = await grant(acme, 2_000);
    await expect(test.platform.auditors.expire(id)).rejects.toThrow(AuditorNotDueError);
    expect(await superuser('select from pg_roles where rolname = $1', [role])).toHaveLength(1);
    await until(async () => {
      await test.platform.auditors.expireAll();
      return (await superuser('select from pg_roles where rolname = $1', [role])).length === 0;
    }, 10_000);
    const book = new AuditorBook(test.platform.catalog);
    const { revokedAt } = (await book.find(id))!;
    await test.platform.auditors.expire(id);
    expect(revokedAt).not.toBeNull();
    expect((await book.find(id))!.revokedAt).toEqual(revokedAt);
  });

  it('is ended by whoever does the platform’s work, its open session with it', async () => {
    const parts = { jobsPrefix: `spec-${randomUUIDv7()}:` };
    const platform = await openPlatform(test.platform.config, pino({ level: 'silent' }), parts);
    const work = openPlatformWork(platform, await openProvisioning(platform));
    const engine = startPlatformEngine(platform, { ...work, concurrency: 2, sweepMs: 200 });
    const { id, url, role } = await grant(acme, 2_000);
    const session = await connect(url);
    const waiting = codeOf(session.query('select pg_sleep(600)'));
    expect(await waiting).toBe('57P01');
    expect(await superuser('select from pg_roles where rolname = $1', [role])).toEqual([]);
    const book = new AuditorBook(test.platform.catalog);
    await until(async () => (await book.find(id))?.revokedAt !== null, 10_000);
    await engine.stop(5_000);
    await platform.close();
  });

  it('is cut off in the middle when it is revoked, whatever it did to stay, and leaves nothing on the server', async () => {
    const { id, url, role } = await grant(acme);
    const session = await connect(url);
    await session.query('begin');
    await session.query('alter default privileges grant all on tables to public').catch(() => undefined);
    await session.query('commit');
    await session.query(`set statement_timeout = 0`);
    await session.query(`alter role ${role} set statement_timeout = 0`).catch(() => undefined);
    const waiting = codeOf(session.query('select pg_sleep(600)'));
    await until(
      async () => (await superuser(`select from pg_stat_activity where usename = $1 and state = 'active'`, [role])).length === 1,
      5_000,
    );
    await test.platform.auditors.revoke(acme.id, id);
    expect(await waiting).toBe('57P01');
    expect(await codeOf(connect(url))).toBe('28P01');
    expect(await superuser('select from pg_roles where rolname = $1', [role])).toEqual([]);
    expect(await superuser('select from tenancy.auditor where role_name = $1', [role])).toEqual([]);
    await test.platform.auditors.revoke(acme.id, id);
  });

  it('is revoked only as the auditor of its own tenant', async () => {
    const { id, url } = await grant(acme);
    await expect(test.platform.auditors.revoke(globex.id, id)).rejects.toThrow(AuditorNotFoundError);
    await expect(test.platform.auditors.revoke(acme.id, randomUUIDv7())).rejects.toThrow(AuditorNotFoundError);
    expect(await titles(await connect(url))).toHaveLength(2);
    expect((await test.platform.auditors.list(acme.id)).map((card) => card.id)).toContain(id);
    expect((await test.platform.auditors.list(globex.id)).map((card) => card.id)).not.toContain(id);
  });

  it('reads nothing of a tenant that is suspended, is not let in to it, and is gone with it', async () => {
    const closed = await test.tenant(tier);
    const { url, role } = await grant(closed);
    const session = await connect(url);
    expect(await codeOf(session.query('select count(*) from company'))).toBe('allowed');
    await test.provisioning.provisioner.setStatus(closed.id, 'suspended');
    expect(await codeOf(session.query('select count(*) from company'))).toBe('42501');
    await expect(grant(closed)).rejects.toThrow(AuditedTenantClosedError);
    await test.provisioning.provisioner.remove(closed);
    const { provisionUrl } = await test.provisioning.clusterBook.named(closed.placement.cluster);
    const { rows } = await (await connect(provisionUrl)).query('select from pg_roles where rolname = $1', [role]);
    expect(rows).toEqual([]);
  });

  it('is on both records, with the reason and without the password', async () => {
    const { id, url, role } = await actingAsOperator({ ...OPERATOR, reason: 'asked for by the board' }, () => grant(acme));
    await actingAsOperator({ ...OPERATOR, reason: 'the audit is over' }, () => test.platform.auditors.revoke(acme.id, id));
    const platform = (await new PlatformAuditChain(test.platform.catalog).list({ tenantId: acme.id, limit: 100 })).filter(({ targets }) =>
      targets.includes(id),
    );
    expect(platform.map(({ action, reason }) => [action, reason])).toEqual([
      ['tenant.revoke-auditor', 'the audit is over'],
      ['tenant.grant-auditor', 'asked for by the board'],
    ]);
    const own = await test.as(acme, () => new TenantAuditChain(test.platform.contexts).page(0, 500));
    const mine = own.filter(({ details }) => details.includes(role));
    expect(mine.map(({ action }) => action)).toEqual(['auditors.granted', 'auditors.revoked']);
    const { password } = new URL(url);
    const records = await test.platform.catalog.em.fork().execute('select a::text from auditor a where id = ?', [id]);
    expect(JSON.stringify([platform, mine, records])).not.toContain(password);
  });

  it('is let in for a time to come and at most ninety days', async () => {
    for (const forMs of [-1_000, 91 * 24 * HOUR_MS, NaN]) await expect(grant(acme, forMs)).rejects.toThrow(AuditorExpiryRefusedError);
  });

  it('leaves no login behind when its making fails, also when the answer alone was lost', async () => {
    const desk = test.platform.auditors as unknown as { parts: { logins: AuditorLogins } };
    const { logins } = desk.parts;
    const lost = async (...login: Parameters<AuditorLogins['open']>): Promise<string> => {
      await logins.open(...login);
      throw new RangeError('lost');
    };
    Object.assign(desk.parts, { logins: { open: lost, close: logins.close.bind(logins) } });
    await expect(grant(acme)).rejects.toThrow(AuditorLoginFailedError);
    Object.assign(desk.parts, { logins });
    const [last] = await test.platform.auditors.list(acme.id);
    expect(last?.revokedAt).not.toBeNull();
    expect(await superuser('select from pg_roles where rolname = $1', [last?.role])).toEqual([]);
  });
});
