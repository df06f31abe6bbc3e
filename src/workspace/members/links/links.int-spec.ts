import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import { TEST_PASSWORD } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import type { LinkPurpose } from '../member-tables.js';
import { OneTimeLinks } from './one-time-links.js';

const NEW_PASSWORD = 'copper-lantern-forty';
const DAY = 86_400_000;

describe.each(TIERS)('one-time links (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let links: OneTimeLinks;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    links = stage.app.get(OneTimeLinks, { strict: false });
  });
  afterAll(() => stage.close());
  beforeEach(() => stage.setAhead(0));

  const post = (path: string, payload: object, tenant = acme) => stage.ask('POST', `/api/auth/${path}`, stage.at(tenant), payload);

  /** The token of the newest link of a member, as the mail has it. */
  async function tokenOf(memberId: string, purpose: LinkPurpose, tenant = acme): Promise<string> {
    const [row] = await stage.sql.run(
      tenant,
      'select id from one_time_token where member_id = $1 and purpose = $2 order by created_at desc, id desc limit 1',
      [memberId, purpose],
    );
    return stage.tests.as(tenant, async () => {
      const link = new URL(links.linkFor(purpose, String(row?.['id'])));
      expect([link.hostname, link.pathname]).toEqual([`${tenant.slug}.localhost`, `/${purpose}`]);
      return link.searchParams.get('token') ?? '';
    });
  }

  it('let the owner a tenant was made with set their password, once, and sign in', async () => {
    const tenant = await stage.tests.tenant(tier);
    const owner = await stage.people.founder(tenant);
    const token = await tokenOf(owner, 'setup', tenant);
    expect(shortOf(await post('setup', { token, password: 'tooshort' }, tenant))).toEqual([422, 'validation.failed']);
    expect(shortOf(await post('setup', { token, password: 'password123456' }, tenant))).toEqual([422, 'auth.password-refused']);
    const answer = await post('setup', { token, password: NEW_PASSWORD }, tenant);
    expect([answer.statusCode, answer.json()]).toEqual([200, { email: 'admin@example.test', name: 'admin@example.test' }]);
    expect(shortOf(await post('setup', { token, password: NEW_PASSWORD }, tenant))).toEqual([400, 'auth.link-invalid']);
    const login = await post('login', { email: 'admin@example.test', password: NEW_PASSWORD, delivery: 'body' }, tenant);
    const { accessToken } = login.json<{ accessToken: string }>();
    const me = await stage.ask('GET', '/api/auth/me', { ...stage.at(tenant), authorization: `Bearer ${accessToken}` });
    expect(me.json()).toMatchObject({ id: owner, role: 'owner' });
  });

  it('let somebody who forgot their password set a new one, which ends their sessions and what locked them out', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    for (let round = 0; round < 6; round += 1) await post('login', { email: ada.email, password: 'not-their-password' });
    expect(shortOf(await post('login', { email: ada.email, password: TEST_PASSWORD }))).toEqual([429, 'auth.locked']);
    expect((await post('password/forgot', { email: ada.email })).statusCode).toBe(202);
    const token = await tokenOf(ada.id, 'reset');
    expect((await post('password/reset', { token, password: NEW_PASSWORD })).statusCode).toBe(200);
    expect((await stage.ask('GET', '/api/auth/me', ada.bearer)).statusCode).toBe(401);
    expect((await post('login', { email: ada.email, password: NEW_PASSWORD })).statusCode).toBe(200);
    expect(shortOf(await post('password/reset', { token, password: TEST_PASSWORD }))).toEqual([400, 'auth.link-invalid']);
  });

  it('are asked for with the same answer by anybody, and kept for who is there', async () => {
    const disabled = await stage.people.member(acme, { status: 'disabled' });
    const elsewhere = await stage.people.member(globex);
    const answers = await Promise.all(
      [disabled.email, elsewhere.email, 'nobody@example.test', 'not an address'].map((email) => post('password/forgot', { email })),
    );
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`)).size).toBe(1);
    const made = (tenant: Tenant, id: string) => stage.sql.run(tenant, 'select 1 from one_time_token where member_id = $1', [id]);
    expect([await made(acme, disabled.id), await made(globex, elsewhere.id)]).toEqual([[], []]);
  });

  it('are made once a minute for a member, and the newest alone is good', async () => {
    const { id, email } = await stage.people.member(acme);
    await post('password/forgot', { email });
    const first = await tokenOf(id, 'reset');
    await post('password/forgot', { email });
    expect(await tokenOf(id, 'reset')).toBe(first);
    stage.setAhead(61_000);
    await post('password/forgot', { email });
    const second = await tokenOf(id, 'reset');
    expect(second).not.toBe(first);
    expect(shortOf(await post('password/reset', { token: first, password: NEW_PASSWORD }))).toEqual([400, 'auth.link-invalid']);
    expect((await post('password/reset', { token: second, password: NEW_PASSWORD })).statusCode).toBe(200);
  });

  it.each<[LinkPurpose, number]>([
    ['setup', 7 * DAY],
    ['reset', DAY / 24],
  ])('to %s are good for %d ms', async (purpose, lifetime) => {
    const { id, email } = await stage.people.member(acme, { status: purpose === 'setup' ? 'invited' : 'active' });
    await post('password/forgot', { email });
    const token = await tokenOf(id, purpose);
    const use = () => post(purpose === 'setup' ? 'setup' : 'password/reset', { token, password: NEW_PASSWORD });
    stage.setAhead(lifetime + 1_000);
    expect(shortOf(await use())).toEqual([400, 'auth.link-invalid']);
    stage.setAhead(lifetime - 5_000);
    expect((await use()).statusCode).toBe(200);
  });

  it('open nothing for another purpose, at another tenant, damaged, or for somebody who was disabled', async () => {
    const { id, email } = await stage.people.member(acme);
    await post('password/forgot', { email });
    const token = await tokenOf(id, 'reset');
    const damaged = `${token.slice(0, -2)}${token.endsWith('AA') ? 'BB' : 'AA'}`;
    const tries: [string, string, Tenant][] = [
      ['setup', token, acme],
      ['password/reset', token, globex],
      ['password/reset', damaged, acme],
      ['password/reset', 'x', acme],
      ['password/reset', Buffer.alloc(48).toString('base64url'), acme],
    ];
    for (const [path, given, tenant] of tries)
      expect(shortOf(await post(path, { token: given, password: NEW_PASSWORD }, tenant))).toEqual([400, 'auth.link-invalid']);
    await stage.sql.run(acme, `update member set status = 'disabled' where id = $1`, [id]);
    expect(shortOf(await post('password/reset', { token, password: NEW_PASSWORD }))).toEqual([400, 'auth.link-invalid']);
  });

  it('are used once by two at the same moment', async () => {
    const { id, email } = await stage.people.member(acme);
    await post('password/forgot', { email });
    const token = await tokenOf(id, 'reset');
    const answers = await Promise.all(
      [NEW_PASSWORD, 'purple-harbour-sixty'].map((password) => post('password/reset', { token, password })),
    );
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400]);
  });

  it('leave nothing in the database that opens anything', async () => {
    const { id, email } = await stage.people.member(acme);
    await post('password/forgot', { email });
    const token = await tokenOf(id, 'reset');
    const rows = await stage.sql.run(acme, 'select t.* from one_time_token t where member_id = $1', [id]);
    const outbox = await stage.sql.run(acme, 'select payload, origin from tenancy.outbox');
    expect(JSON.stringify([rows, outbox])).not.toContain(token.slice(-32));
  });
});
