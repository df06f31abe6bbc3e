import { randomBytes, randomUUID } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import type { UserPage, UserView } from './user.schemas.js';

describe.each(TIERS)('users (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let owner: TestMember;
  let admin: TestMember;
  let member: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    owner = await stage.people.signedIn(acme, 'owner');
    admin = await stage.people.signedIn(acme, 'admin');
    member = await stage.people.signedIn(acme, 'member');
  });
  afterAll(() => stage.close());

  const fresh = (): string => `u-${randomBytes(6).toString('hex')}@example.test`;
  const get = (who: TestMember, url: string) => stage.ask('GET', url, who.bearer);
  const invite = (who: TestMember, body: object) =>
    stage.ask('POST', '/api/users', { ...who.bearer, 'idempotency-key': randomUUID() }, body);
  const invited = async (body: object): Promise<UserView> => (await invite(owner, body)).json<UserView>();
  const change = (who: TestMember, id: string, body: object, version: number | '*' = '*') =>
    stage.ask('PATCH', `/api/users/${id}`, { ...who.bearer, 'if-match': version === '*' ? '*' : `"${version}"` }, body);
  const remove = (who: TestMember, id: string) => stage.ask('DELETE', `/api/users/${id}`, { ...who.bearer, 'if-match': '*' });

  it('are invited with a role, wait for their password, and are read back as they are', async () => {
    const email = fresh();
    const answer = await invite(admin, { email: email.toUpperCase(), name: ' Grace ', role: 'viewer' });
    const user = answer.json<UserView>();
    expect([answer.statusCode, answer.headers.location, answer.headers.etag]).toEqual([201, `/api/users/${user.id}`, '"1"']);
    expect(user).toMatchObject({ email, name: 'Grace', role: 'viewer', roles: ['viewer'], status: 'invited', version: 1 });
    expect((await get(member, `/api/users/${user.id}`)).json()).toEqual(user);
    expect((await get(member, '/api/users?limit=1')).json<UserPage>().data).toEqual([user]);
    const links = await stage.sql.run(acme, `select purpose from one_time_token where member_id = $1`, [user.id]);
    expect(links).toEqual([{ purpose: 'setup' }]);
    const [entry] = await stage.sql.run(acme, 'select action, actor, targets from audit_event order by seq desc limit 1');
    expect([entry?.['action'], JSON.stringify(entry).includes(admin.id), JSON.stringify(entry).includes(user.id)]).toEqual([
      'member.invited',
      true,
      true,
    ]);
  });

  it('have an e-mail address of their own in one tenant, and the same one in another', async () => {
    const email = fresh();
    const answers = await Promise.all([invite(owner, { email, name: 'A' }), invite(owner, { email, name: 'B' })]);
    expect(answers.map(shortOf).sort()).toEqual([[201], [409, 'members.email-taken']]);
    const stranger = await stage.people.signedIn(globex, 'owner');
    expect((await invite(stranger, { email, name: 'C' })).statusCode).toBe(201);
  });

  it('are invited once under one Idempotency-Key, and not without', async () => {
    const body = { email: fresh(), name: 'Once' };
    const headers = { ...owner.bearer, 'idempotency-key': randomUUID() };
    const first = await stage.ask('POST', '/api/users', headers, body);
    const second = await stage.ask('POST', '/api/users', headers, body);
    expect([first.statusCode, second.statusCode, second.json()]).toEqual([201, 201, first.json()]);
    expect((await stage.ask('POST', '/api/users', owner.bearer, { ...body, email: fresh() })).statusCode).toBe(400);
  });

  it('are listed in pages, of this tenant alone', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: UserPage = (await get(member, `/api/users?limit=2${cursor && `&cursor=${cursor}`}`)).json<UserPage>();
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    const all = await stage.sql.run(acme, 'select id from member order by created_at desc, id desc');
    expect(seen).toEqual(all.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
    const active = (await get(member, '/api/users?status=active')).json<UserPage>().data;
    expect(active.length).toBeGreaterThan(2);
    expect(active.every(({ status }) => status === 'active')).toBe(true);
  });

  it('of another tenant are not there', async () => {
    const stranger = await stage.people.signedIn(globex, 'member');
    expect(shortOf(await get(owner, `/api/users/${stranger.id}`))).toEqual([404, 'members.not-found']);
    expect(shortOf(await change(owner, stranger.id, { name: 'Mine' }))).toEqual([404, 'members.not-found']);
    expect(shortOf(await remove(owner, stranger.id))).toEqual([404, 'members.not-found']);
    expect((await get(owner, '/api/users/x')).statusCode).toBe(404);
  });

  it('are managed by admins and owners alone', async () => {
    expect(shortOf(await invite(member, { email: fresh(), name: 'X' }))).toEqual([403, 'access.denied']);
    expect(shortOf(await change(member, member.id, { role: 'owner' }))).toEqual([403, 'access.denied']);
    expect(shortOf(await remove(member, admin.id))).toEqual([403, 'access.denied']);
  });

  it('are given and denied no role by whoever lacks what it gives', async () => {
    expect(shortOf(await invite(admin, { email: fresh(), name: 'X', role: 'owner' }))).toEqual([403, 'access.beyond-own-rights']);
    expect(shortOf(await change(admin, admin.id, { role: 'owner' }))).toEqual([403, 'access.beyond-own-rights']);
    expect(shortOf(await change(admin, owner.id, { role: 'viewer' }))).toEqual([403, 'access.beyond-own-rights']);
    expect(shortOf(await change(admin, owner.id, { status: 'disabled' }))).toEqual([403, 'access.beyond-own-rights']);
    expect(shortOf(await remove(admin, owner.id))).toEqual([403, 'access.beyond-own-rights']);
    expect(shortOf(await invite(owner, { email: fresh(), name: 'X', role: 'no-such-role' }))[1]).toBe('access.role-unknown');
  });

  it('are changed by who knows their version, and what changed is on record', async () => {
    const { id } = await invited({ email: fresh(), name: 'Before' });
    expect(shortOf(await stage.ask('PATCH', `/api/users/${id}`, owner.bearer, { name: 'x' }))).toEqual([428, 'precondition.required']);
    const answer = await change(owner, id, { name: 'After', roles: ['viewer', 'member'] }, 1);
    expect(answer.json()).toMatchObject({ name: 'After', role: 'member', roles: ['viewer', 'member'], version: 2 });
    expect(shortOf(await change(owner, id, { name: 'Late' }, 1))).toEqual([412, 'precondition.failed']);
    const removed = await stage.ask('DELETE', `/api/users/${id}`, { ...owner.bearer, 'if-match': '"1"' });
    expect([shortOf(removed), (await get(owner, `/api/users/${id}`)).statusCode]).toEqual([[412, 'precondition.failed'], 200]);
    const [entry] = await stage.sql.run(acme, `select changes from audit_event where action = 'member.changed' order by seq desc limit 1`);
    expect(entry?.['changes']).toEqual([
      { path: 'name', old: 'Before', new: 'After' },
      { path: 'roles', old: ['member'], new: ['viewer', 'member'] },
    ]);
  });

  it('lose what a role gave at their next request', async () => {
    const eve = await stage.people.signedIn(acme, 'admin');
    expect((await invite(eve, { email: fresh(), name: 'X' })).statusCode).toBe(201);
    expect((await change(owner, eve.id, { role: 'viewer' })).statusCode).toBe(200);
    expect(shortOf(await invite(eve, { email: fresh(), name: 'Y' }))).toEqual([403, 'access.denied']);
  });

  it('are out when they are disabled, and back with a new sign-in when they are not any more', async () => {
    const eve = await stage.people.signedIn(acme, 'member');
    expect((await change(owner, eve.id, { status: 'disabled' })).json()).toMatchObject({ status: 'disabled' });
    expect(shortOf(await get(eve, '/api/auth/me'))).toEqual([401, 'access.unauthenticated']);
    expect((await change(owner, eve.id, { status: 'active' })).json()).toMatchObject({ status: 'active' });
    expect(shortOf(await get(eve, '/api/auth/me'))).toEqual([401, 'access.unauthenticated']);
    const again = await stage.people.signIn(acme, eve.id);
    expect((await get(again, '/api/auth/me')).statusCode).toBe(200);
  });

  it('stay as disabled when they are removed, and are forgotten when they never came', async () => {
    const eve = await stage.people.signedIn(acme, 'member');
    const never = await invited({ email: fresh(), name: 'Never' });
    expect([(await remove(owner, eve.id)).statusCode, (await remove(owner, never.id)).statusCode]).toEqual([204, 204]);
    expect((await get(owner, `/api/users/${eve.id}`)).json()).toMatchObject({ status: 'disabled' });
    expect((await get(owner, `/api/users/${never.id}`)).statusCode).toBe(404);
    expect((await get(eve, '/api/auth/me')).statusCode).toBe(401);
  });

  it('are invited again as long as they have not come, by a link that replaces the one before', async () => {
    const { id } = await invited({ email: fresh(), name: 'Slow' });
    expect((await stage.ask('POST', `/api/users/${id}/invitation`, owner.bearer)).statusCode).toBe(202);
    const open = await stage.sql.run(acme, 'select used_at is null as open from one_time_token where member_id = $1 order by id', [id]);
    expect(open).toEqual([{ open: false }, { open: true }]);
    expect(shortOf(await stage.ask('POST', `/api/users/${member.id}/invitation`, owner.bearer))).toEqual([409, 'members.not-invited']);
  });
});

describe.each(TIERS)('the last owner (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let one: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    acme = await stage.tests.tenant(tier);
    one = await stage.people.signedIn(acme, 'owner');
  });

  const demote = (who: TestMember, id: string) =>
    stage.ask('PATCH', `/api/users/${id}`, { ...who.bearer, 'if-match': '*' }, { role: 'admin' });
  const activeOwners = async (): Promise<number> =>
    (await stage.sql.run(acme, `select 1 from member where 'owner' = any (roles) and status = 'active'`)).length;

  it('cannot be demoted, disabled or removed, though another was invited', async () => {
    expect(shortOf(await demote(one, one.id))).toEqual([409, 'members.last-owner']);
    const headers = { ...one.bearer, 'if-match': '*' };
    const disabled = await stage.ask('PATCH', `/api/users/${one.id}`, headers, { status: 'disabled' });
    const removed = await stage.ask('DELETE', `/api/users/${one.id}`, headers);
    expect([shortOf(disabled), shortOf(removed), await activeOwners()]).toEqual([
      [409, 'members.last-owner'],
      [409, 'members.last-owner'],
      1,
    ]);
    expect((await stage.ask('GET', '/api/auth/me', one.bearer)).json()).toMatchObject({ role: 'owner' });
  });

  it('is left of two who demote each other at the same moment', async () => {
    const two = await stage.people.signedIn(acme, 'owner');
    const answers = await Promise.all([demote(one, two.id), demote(two, one.id)]);
    expect(answers.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1);
    expect(await activeOwners()).toBe(1);
  });

  it('is left of two who demote themselves at the same moment', async () => {
    const two = await stage.people.signedIn(acme, 'owner');
    const answers = await Promise.all([demote(one, one.id), demote(two, two.id)]);
    expect(answers.map(shortOf).sort()).toEqual([[200], [409, 'members.last-owner']]);
    expect(await activeOwners()).toBe(1);
  });
});
