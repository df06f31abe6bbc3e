import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { createHttpApp } from '#main/http/http-app.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { until } from '#testing/faults/until.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import { BRANDING } from './branding/branding.settings.js';
import type { SettingExplanation, SettingList, SettingView } from './setting.schemas.js';

const PRIMARY = '/api/settings/branding.primary-colour';
const EXPORT = '/api/settings/features.audit-export';
const HOUR_MS = 3_600_000;

describe.each(TIERS)('settings (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let admin: TestMember;
  let member: TestMember;
  let stranger: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    admin = await stage.people.signedIn(acme, 'admin');
    member = await stage.people.signedIn(acme, 'member');
    stranger = await stage.people.signedIn(globex, 'admin');
  });
  afterEach(() => stage.setAhead(0));
  afterAll(() => stage.close());

  const get = async <T>(who: TestMember, url: string): Promise<T> => (await stage.ask('GET', url, who.bearer)).json<T>();
  const put = (who: TestMember, url: string, body: object, headers: Record<string, string> = {}) =>
    stage.ask('PUT', url, { ...who.bearer, ...headers }, body);
  const remove = (who: TestMember, url: string, ifMatch = '*') => stage.ask('DELETE', url, { ...who.bearer, 'if-match': ifMatch });
  const operators = (method: 'GET' | 'PUT' | 'DELETE', url: string, body?: object) =>
    stage.ask(method, url, { host: 'admin.localhost', authorization: `Bearer ${stage.tests.platform.config.OPERATOR_TOKEN}` }, body);
  const decided = (tenant: Tenant, key: string) => `/api/platform/tenants/${tenant.id}/settings/${key}`;

  it('are listed with what they are now, what they take and where that comes from', async () => {
    const { data } = await get<SettingList>(member, '/api/settings');
    expect(data.map(({ key }) => key)).toEqual([...data.map(({ key }) => key)].sort());
    const of = (key: string) => data.find((setting) => setting.key === key);
    const plan = { row: 10, schema: 50, database: 500 }[tier];
    expect(of('limits.upload-mb')).toMatchObject({
      value: plan,
      source: 'plan',
      own: null,
      version: 0,
      schema: { type: 'integer', minimum: 1 },
    });
    expect(of('branding.logo-url')).toMatchObject({ value: null, source: 'code' });
    expect(of('features.audit-export')).toMatchObject({ value: tier === 'database', owner: 'audit' });
  });

  it('are changed by an admin, at this tenant and at no other, and put on record with what they were', async () => {
    expect(shortOf(await put(member, PRIMARY, { value: '#101010' }))).toEqual([403, 'access.denied']);
    const answer = await put(admin, PRIMARY, { value: '#101010' });
    expect([answer.statusCode, answer.headers.etag]).toEqual([200, '"1"']);
    expect(answer.json<SettingView>()).toMatchObject({
      value: '#101010',
      source: 'tenant',
      own: { value: '#101010', until: null },
      version: 1,
    });
    expect((await put(admin, PRIMARY, { value: '#202020' })).headers.etag).toBe('"2"');
    expect(await get<SettingView>(stranger, PRIMARY)).toMatchObject({ value: BRANDING.primary.default, own: null, version: 0 });
    const [entry] = await stage.sql.run(
      acme,
      `select changes, details from audit_event where action = 'settings.changed' order by seq desc limit 1`,
    );
    expect(entry).toMatchObject({
      changes: [{ path: 'branding.primary-colour', old: '#101010', new: '#202020' }],
      details: { until: null },
    });
  });

  it('are lost to nobody who says which version they mean, and no version comes twice', async () => {
    const { version } = await get<SettingView>(admin, PRIMARY);
    const meant = { 'if-match': `"${version}"` };
    const both = await Promise.all(['#303030', '#313131'].map((value) => put(admin, PRIMARY, { value }, meant)));
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    const accent = '/api/settings/branding.accent-colour';
    const first = await Promise.all(['#303030', '#313131'].map((value) => put(admin, accent, { value }, { 'if-match': '"0"' })));
    expect(first.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    expect(shortOf(await stage.ask('DELETE', PRIMARY, admin.bearer))).toEqual([428, 'precondition.required']);
    expect(shortOf(await remove(admin, PRIMARY, `"${version}"`))).toEqual([412, 'precondition.failed']);
    expect((await remove(admin, PRIMARY, `"${version + 1}"`)).statusCode).toBe(204);
    expect(await get<SettingView>(admin, PRIMARY)).toMatchObject({ value: BRANDING.primary.default, own: null, version: version + 2 });
    expect((await put(admin, PRIMARY, { value: '#404040' })).headers.etag).toBe(`"${version + 3}"`);
  });

  it('count until the moment that was said, and not a moment longer, however often they were read before', async () => {
    const end = new Date(Date.now() + HOUR_MS);
    expect((await put(admin, PRIMARY, { value: '#505050', until: end.toISOString() })).statusCode).toBe(200);
    expect(await get<SettingView>(member, PRIMARY)).toMatchObject({ value: '#505050', own: { until: end.toISOString() } });
    stage.setAhead(HOUR_MS + 1_000);
    expect(await get<SettingView>(member, PRIMARY)).toMatchObject({ value: BRANDING.primary.default, source: 'code' });
    const { sources } = await get<SettingExplanation>(admin, `${PRIMARY}/explain`);
    expect(sources).toContainEqual(expect.objectContaining({ source: 'tenant', state: 'over', value: '#505050' }));
  });

  it.each([
    ['no-such.setting', { value: 1 }, 'settings.unknown-key'],
    ['branding.primary-colour', { value: 'red' }, 'settings.invalid-value'],
    ['branding.logo-url', { value: 'http://example.com/logo.svg' }, 'settings.invalid-value'],
    ['branding.logo-url', { value: 'https://example.com/\0' }, 'settings.invalid-value'],
    ['limits.upload-mb', { value: '7' }, 'settings.invalid-value'],
    ['limits.upload-mb', { value: 1_999 }, 'settings.beyond-plan'],
    ['features.audit-export', { value: false, until: '2020-01-01T00:00:00Z' }, 'settings.invalid-value'],
    ['features.audit-export', { value: false, unknown: 1 }, 'validation.failed'],
    ['features.audit-export', {}, 'validation.failed'],
  ])('refuse for %s the body %j', async (key, body, code) =>
    expect(shortOf(await put(admin, `/api/settings/${key}`, body))).toEqual([422, code]),
  );

  it('say where a value of the wrong type is wrong, and have no page for what there is not', async () => {
    const refused = await put(admin, PRIMARY, { value: 'red' });
    expect(refused.json()).toMatchObject({ errors: [{ pointer: '/value', detail: 'is not a colour like #1a2b3c' }] });
    for (const url of ['/api/settings/no-such.setting', '/api/settings/no-such.setting/explain'])
      expect(shortOf(await stage.ask('GET', url, admin.bearer))).toEqual([404, 'settings.not-found']);
  });

  it('are what the platform says before what the tenant says, until that ends, and both are explained', async () => {
    const end = new Date(Date.now() + HOUR_MS);
    await put(admin, PRIMARY, { value: '#606060' });
    const body = { value: '#707070', until: end.toISOString(), reason: 'a complaint' };
    expect((await operators('PUT', decided(acme, 'branding.primary-colour'), body)).statusCode).toBe(204);
    expect(await get<SettingView>(member, PRIMARY)).toMatchObject({ value: '#707070', source: 'override', own: { value: '#606060' } });
    expect(await get<SettingView>(stranger, PRIMARY)).toMatchObject({ source: 'code' });
    const explained = await get<SettingExplanation>(admin, `${PRIMARY}/explain`);
    expect(explained).toMatchObject({ winner: 'override', reason: expect.any(String) });
    expect(explained.sources.map(({ source, state }) => [source, state])).toEqual([
      ['override', 'used'],
      ['tenant', 'outranked'],
      ['plan', 'absent'],
      ['region', 'absent'],
      ['code', 'outranked'],
    ]);
    expect(JSON.stringify(explained)).not.toContain('a complaint');
    expect((await operators('GET', `/api/platform/tenants/${acme.slug}/settings`)).json()).toMatchObject({
      data: [{ key: 'branding.primary-colour', value: '#707070', reason: 'a complaint', version: 1 }],
    });
    stage.setAhead(HOUR_MS + 1_000);
    expect(await get<SettingView>(member, PRIMARY)).toMatchObject({ value: '#606060', source: 'tenant' });
    stage.setAhead(0);
    expect((await operators('DELETE', `${decided(acme, 'branding.primary-colour')}?reason=over`)).statusCode).toBe(204);
    expect(await get<SettingView>(member, PRIMARY)).toMatchObject({ value: '#606060', source: 'tenant' });
    const events = (await operators('GET', `/api/platform/audit/events?tenant=${acme.id}`)).json<{ data: object[] }>().data;
    expect(events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: 'tenant.override-setting',
          changes: [{ path: 'branding.primary-colour', old: null, new: '#707070' }],
          details: { until: end.toISOString(), reason: 'a complaint' },
        }),
        expect.objectContaining({
          action: 'tenant.end-setting-override',
          changes: [{ path: 'branding.primary-colour', old: '#707070', new: null }],
        }),
      ]),
    );
  });

  it('are decided by operators only for tenants and settings that there are, and with a reason', async () => {
    const ask = async (url: string, body: object) => shortOf(await operators('PUT', url, body));
    const reason = 'a spec';
    expect(await ask(decided(acme, 'no-such.setting'), { value: 1, reason })).toEqual([422, 'settings.unknown-key']);
    expect(await ask(decided(acme, 'limits.upload-mb'), { value: 'x', reason })).toEqual([422, 'settings.invalid-value']);
    expect(await ask(decided(acme, 'limits.upload-mb'), { value: 1 })).toEqual([422, 'validation.failed']);
    const nobody = `/api/platform/tenants/nobody-${randomBytes(4).toString('hex')}/settings/limits.upload-mb`;
    expect(await ask(nobody, { value: 1, reason })).toEqual([404, 'tenant.unknown']);
    expect(shortOf(await stage.ask('PUT', decided(acme, 'limits.upload-mb'), admin.bearer, { value: 1, reason }))).toEqual([
      404,
      'route.unknown',
    ]);
  });

  it('are the code’s when what is kept is not of their type, and those who run the platform are told once', async () => {
    const seen: unknown[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void seen.push(JSON.parse(line)) });
    const platform = await openPlatform(stage.tests.platform.config, log);
    try {
      await stage.sql.run(
        globex,
        `insert into setting (tenant_id, id, key, value, version, created_at, updated_at)
        values ($1, gen_random_uuid(), 'branding.accent-colour', '17', 1, now(), now())`,
        [globex.id],
      );
      await platform.settings.changed(globex.id);
      for (let n = 0; n < 3; n++)
        expect(await stage.tests.as(globex, () => platform.settings.resolve(BRANDING.accent))).toBe(BRANDING.accent.default);
      expect(seen).toEqual([
        expect.objectContaining({ alert: 'setting-type', tenant: globex.id, key: 'branding.accent-colour', source: 'tenant' }),
      ]);
    } finally {
      await platform.close();
    }
  });

  it('give a sign-in page its looks, without a credential', async () => {
    await put(admin, '/api/settings/branding.logo-url', { value: 'https://cdn.example.com/logo.svg' });
    await put(admin, PRIMARY, { value: '#808080' });
    const looks = async (tenant: Tenant) => (await stage.ask('GET', '/api/branding', stage.at(tenant))).json();
    const { default: accentColour } = BRANDING.accent;
    expect(await looks(acme)).toMatchObject({ name: acme.name, logoUrl: 'https://cdn.example.com/logo.svg', primaryColour: '#808080' });
    expect(await looks(globex)).toEqual({ name: globex.name, logoUrl: null, primaryColour: BRANDING.primary.default, accentColour });
  });

  it('are known to every process within moments of a change, by the tenant and by operators', async () => {
    const other = await openPlatform(stage.tests.platform.config, pino({ level: 'silent' }));
    const app = await createHttpApp(other);
    const there = async (): Promise<SettingView> =>
      (await app.inject({ method: 'GET', url: PRIMARY, headers: member.bearer })).json<SettingView>();
    try {
      await until(async () => (await hears(other)) && (await hears(stage.tests.platform)), 5_000);
      await there();
      await put(admin, PRIMARY, { value: '#909090' });
      await until(async () => (await there()).value === '#909090', 5_000);
      await operators('PUT', decided(acme, 'branding.primary-colour'), { value: '#a0a0a0', reason: 'a spec' });
      await until(async () => (await there()).value === '#a0a0a0', 5_000);
      await operators('DELETE', `${decided(acme, 'branding.primary-colour')}?reason=over`);
      await until(async () => (await there()).value === '#909090', 5_000);
    } finally {
      await app.close();
      await other.close();
    }
  });

  it('switch a feature off for a time, and never on when the plan does not have it', async () => {
    const isEntitled = tier === 'database';
    const ask = async () => shortOf(await stage.ask('GET', '/api/audit/export', admin.bearer));
    const has = (await stage.tests.as(acme, () => stage.tests.platform.gates.closed('audit-export')))?.by ?? 'open';
    expect(has).toBe(isEntitled ? 'open' : 'entitlement');
    await operators('PUT', decided(acme, 'features.audit-export'), { value: true, reason: 'a spec' });
    expect(await get<SettingView>(admin, EXPORT)).toMatchObject({ value: isEntitled });
    await operators('DELETE', `${decided(acme, 'features.audit-export')}?reason=over`);
    if (!isEntitled) return;
    const end = new Date(Date.now() + HOUR_MS).toISOString();
    expect((await put(admin, EXPORT, { value: false, until: end })).statusCode).toBe(200);
    expect(await ask()).toEqual([403, 'access.feature-closed']);
  });
});

function hears({ health }: Pick<Platform, 'health'>): Promise<boolean> {
  return health().then(({ redis }) => redis?.status === 'up');
}
