import type { Tenant } from '#kernel/tenancy/tenant.js';
import { cookiesOf, MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { until } from '#testing/faults/until.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TIERS } from '#testing/test-platform.js';

const DAY = 86_400_000;
const noCookies = (answer: { headers: Record<string, unknown> }): boolean => answer.headers['set-cookie'] === undefined;

describe.each(TIERS)('renewing a session (%s tier)', (tier) => {
  let stage: MemberStage;
  let other: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;

  beforeAll(async () => {
    [stage, other] = await Promise.all([MemberStage.open(), MemberStage.open()]);
    ({ acme, globex } = await stage.tests.pair(tier));
  });
  afterAll(async () => {
    await other.close();
    await stage.close();
  });
  beforeEach(async () => {
    stage.setAhead(0);
    ada = await stage.people.signedIn(acme, 'member');
  });

  const byBody = (on: MemberStage, refreshToken: string, tenant = acme) =>
    on.ask('POST', '/api/auth/refresh', on.at(tenant), { refreshToken });
  const byCookie = (on: MemberStage, headers: Record<string, string>) => on.ask('POST', '/api/auth/refresh', headers);
  const me = (on: MemberStage, token: string) => on.ask('GET', '/api/auth/me', { ...on.at(acme), authorization: `Bearer ${token}` });
  const rotations = async ({ sessionId }: TestMember): Promise<number> =>
    (await stage.sql.run(acme, 'select 1 from refresh_token where session_id = $1 and used_at is not null', [sessionId])).length;
  const reasonOf = async ({ sessionId }: TestMember): Promise<unknown> =>
    (await stage.sql.run(acme, 'select revoke_reason from member_session where id = $1', [sessionId]))[0]?.['revoke_reason'];

  it('gives a browser new cookies and a machine new tokens', async () => {
    const answer = await byCookie(stage, ada.browser);
    expect([answer.statusCode, Object.keys(cookiesOf(answer))]).toEqual([204, ['__Host-at', '__Host-rt', '__Host-csrf']]);
    const next = cookiesOf(answer)['__Host-rt']!;
    const machine = await byBody(stage, next);
    expect(machine.json()).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String), expiresIn: 600 });
    expect((await me(stage, machine.json<{ accessToken: string }>().accessToken)).json()).toMatchObject({ id: ada.id });
    expect(await rotations(ada)).toBe(2);
  });

  it('is done once by 50 requests at two processes at once, and all of them get the same successor', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => byBody(index % 2 === 0 ? stage : other, ada.tokens.refreshToken)),
    );
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => answer.json<{ refreshToken: string }>().refreshToken)).size).toBe(1);
    expect(await rotations(ada)).toBe(1);
    expect(await reasonOf(ada)).toBeNull();
  });

  it('gives the same successor for 30 seconds, with its cookies, and writes nothing more', async () => {
    const first = cookiesOf(await byCookie(stage, ada.browser))['__Host-rt'];
    stage.setAhead(29_000);
    const again = await byCookie(stage, ada.browser);
    expect([again.statusCode, cookiesOf(again)['__Host-rt']]).toEqual([204, first]);
    expect(await rotations(ada)).toBe(1);
  });

  it('takes a token that is shown again after 30 seconds for stolen: its session ends everywhere within a second, others live on', async () => {
    const elsewhere = await stage.people.signIn(acme, ada.id);
    const renewed = (await byBody(stage, ada.tokens.refreshToken)).json<{ accessToken: string; refreshToken: string }>();
    expect((await me(other, renewed.accessToken)).statusCode).toBe(200);
    stage.setAhead(31_000);
    const replayed = await byCookie(stage, ada.browser);
    expect(shortOf(replayed)).toEqual([401, 'auth.session-ended']);
    expect(cookiesOf(replayed)).toEqual({ '__Host-at': '', '__Host-rt': '', '__Host-csrf': '' });
    const cutAfter = await until(async () => (await me(other, renewed.accessToken)).statusCode === 401, 1_000);
    expect(cutAfter).toBeLessThan(1_000);
    stage.setAhead(0);
    expect([await reasonOf(ada), await reasonOf(elsewhere)]).toEqual(['reuse_detected', null]);
    expect(shortOf(await byBody(stage, renewed.refreshToken))).toEqual([401, 'auth.session-ended']);
    expect((await byBody(stage, elsewhere.tokens.refreshToken)).statusCode).toBe(200);
    const [entry] = await stage.sql.run(
      acme,
      `select outcome, targets from audit_event where action = 'session.reuse-detected' order by seq desc limit 1`,
    );
    expect(entry?.['outcome']).toBe('denied');
    expect(JSON.stringify(entry?.['targets'])).toContain(ada.sessionId);
  });

  it('does not hand out a token that is used already, and takes nothing away for asking', async () => {
    const second = (await byBody(stage, ada.tokens.refreshToken)).json<{ refreshToken: string }>().refreshToken;
    const third = (await byBody(stage, second)).json<{ refreshToken: string }>().refreshToken;
    const late = await byCookie(stage, ada.browser);
    expect([shortOf(late), late.headers['retry-after'], noCookies(late)]).toEqual([[409, 'auth.refresh-raced'], '1', true]);
    expect((await byBody(stage, third)).statusCode).toBe(200);
  });

  it('ends 14 days after it was last renewed', async () => {
    stage.setAhead(14 * DAY - 1_000);
    const renewed = (await byBody(stage, ada.tokens.refreshToken)).json<{ refreshToken: string }>();
    stage.setAhead(28 * DAY);
    const late = await byCookie(stage, { ...ada.browser, cookie: `__Host-rt=${renewed.refreshToken}` });
    expect([shortOf(late), noCookies(late)]).toEqual([[401, 'auth.session-ended'], true]);
  });

  it('ends 30 days after it began, however often it is renewed', async () => {
    let token = ada.tokens.refreshToken;
    for (const at of [10 * DAY, 20 * DAY, 30 * DAY - 1_000]) {
      stage.setAhead(at - 1_000);
      const answer = await byBody(stage, token);
      expect(answer.statusCode).toBe(200);
      token = answer.json<{ refreshToken: string }>().refreshToken;
    }
    stage.setAhead(30 * DAY + 1_000);
    expect(shortOf(await byBody(stage, token))).toEqual([401, 'auth.session-ended']);
  });

  it.each(['x', 'A'.repeat(43), ''])('refuses %j and leaves the cookies alone', async (token) => {
    const answer = await byCookie(stage, { ...ada.browser, cookie: `__Host-rt=${token}` });
    expect([shortOf(answer), noCookies(answer)]).toEqual([[401, 'auth.session-ended'], true]);
  });

  it('is refused at another tenant, after signing out, and for somebody who was disabled', async () => {
    expect(shortOf(await byBody(stage, ada.tokens.refreshToken, globex))).toEqual([401, 'auth.session-ended']);
    expect((await byBody(stage, ada.tokens.refreshToken)).statusCode).toBe(200);
    const bob = await stage.people.signedIn(acme, 'member');
    const out = await stage.ask('POST', '/api/auth/logout', bob.browser);
    expect([out.statusCode, cookiesOf(out)]).toEqual([204, { '__Host-at': '', '__Host-rt': '', '__Host-csrf': '' }]);
    expect(shortOf(await byBody(stage, bob.tokens.refreshToken))).toEqual([401, 'auth.session-ended']);
    const eve = await stage.people.signedIn(acme, 'member');
    await stage.sql.run(acme, `update member set status = 'disabled' where id = $1`, [eve.id]);
    expect(shortOf(await byBody(stage, eve.tokens.refreshToken))).toEqual([401, 'auth.session-ended']);
  });

  it('by a cookie needs the anti-forgery token of this session and a page of this host', async () => {
    const eve = await stage.people.signedIn(acme, 'member');
    const without = (...names: string[]) => Object.fromEntries(Object.entries(ada.browser).filter(([name]) => !names.includes(name)));
    const refusals: [Record<string, string>, string][] = [
      [without('x-csrf-token'), 'csrf.missing'],
      [without('origin', 'sec-fetch-site'), 'csrf.cross-site'],
      [{ ...ada.browser, 'x-csrf-token': eve.browser['x-csrf-token']! }, 'csrf.mismatch'],
      [{ ...ada.browser, 'sec-fetch-site': 'same-site' }, 'csrf.cross-site'],
      [{ ...ada.browser, origin: `http://${globex.slug}.localhost` }, 'csrf.cross-site'],
      [{ ...ada.browser, origin: 'null' }, 'csrf.cross-site'],
    ];
    for (const [headers, code] of refusals) expect(shortOf(await byCookie(stage, headers))).toEqual([403, code]);
    expect([await rotations(ada), (await byCookie(stage, ada.browser)).statusCode]).toEqual([0, 204]);
  });
});

describe('renewing a session without Redis', () => {
  let redis: TcpProxy;
  let stage: MemberStage;

  beforeAll(async () => {
    redis = await TcpProxy.to(process.env['REDIS_URL']!);
    stage = await MemberStage.open({ REDIS_URL: redis.through(process.env['REDIS_URL']!) });
  });
  afterAll(async () => {
    await redis.pass();
    await until(async () => (await stage.tests.platform.health())['redis']?.status === 'up', 10_000);
    await stage.close();
    await redis.close();
  });

  it('still rotates once; who comes too late is asked to come again and keeps what they have', async () => {
    const tenant = await stage.tests.tenant('row');
    const ada = await stage.people.signedIn(tenant, 'member');
    await redis.refuse();
    const answers = await Promise.all(Array.from({ length: 8 }, () => stage.ask('POST', '/api/auth/refresh', ada.browser)));
    const codes = answers.map((answer) => shortOf(answer).join(' ')).sort();
    expect(codes).toEqual(['204', ...Array.from({ length: 7 }, () => '409 auth.refresh-raced')]);
    expect(answers.filter(({ statusCode }) => statusCode === 409).every(noCookies)).toBe(true);
    const winner = answers.find(({ statusCode }) => statusCode === 204)!;
    const next = await stage.ask('POST', '/api/auth/refresh', {
      ...ada.browser,
      cookie: `__Host-rt=${cookiesOf(winner)['__Host-rt']}`,
    });
    expect(next.statusCode).toBe(204);
  });
});
