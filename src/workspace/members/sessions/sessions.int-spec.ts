import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { proxiedClusters, type ProxiedClusters } from '#testing/faults/proxied-clusters.js';
import { cookiesOf, MemberStage, shortOf } from '#testing/member-stage.js';
import { TEST_PASSWORD, type TestMember } from '#testing/members.js';
import { until } from '#testing/faults/until.js';
import { TIERS } from '#testing/test-platform.js';
import type { SessionList } from './session.schemas.js';

const NEW_PASSWORD = 'copper-lantern-forty';

describe.each(TIERS)('sessions (%s tier)', (tier) => {
  let stage: MemberStage;
  let other: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let port: number;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });

  beforeAll(async () => {
    [stage, other] = await Promise.all([MemberStage.open(), MemberStage.open()]);
    ({ acme, globex } = await stage.tests.pair(tier));
    await other.app.listen(0, '127.0.0.1');
    port = (other.app.getHttpServer().address() as AddressInfo).port;
  });
  afterAll(async () => {
    agent.destroy();
    await other.close();
    await stage.close();
  });

  const list = async (member: TestMember) => (await stage.ask('GET', '/api/auth/sessions', member.bearer)).json<SessionList>().data;

  /** Asks the other process on the one connection that is kept open. */
  function statusElsewhere({ bearer }: TestMember): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    request({ port, path: '/api/auth/me', headers: bearer, agent }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
    return promise;
  }

  async function isCutElsewhere(member: TestMember): Promise<void> {
    expect(await until(async () => (await statusElsewhere(member)) === 401, 1_000)).toBeLessThan(1_000);
  }

  it('are listed for their member alone, newest first, and say which one asks', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const phone = await stage.people.signIn(acme, ada.id, ada.email, { ip: '192.0.2.7', userAgent });
    await stage.people.signedIn(acme, 'member');
    await stage.people.signedIn(globex, 'member');
    const sessions = await list(ada);
    expect(sessions.map(({ id, current, device, ip }) => ({ id, current, device, ip }))).toEqual([
      { id: phone.sessionId, current: false, device: 'Firefox on Linux', ip: '192.0.2.7' },
      { id: ada.sessionId, current: true, device: 'Unknown device', ip: null },
    ]);
  });

  it('end one by one, at every process within a second, also on a connection that is kept open', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    const lost = await stage.people.signIn(acme, ada.id);
    expect(await statusElsewhere(lost)).toBe(200);
    expect((await stage.ask('DELETE', `/api/auth/sessions/${lost.sessionId}`, ada.browser)).statusCode).toBe(204);
    await isCutElsewhere(lost);
    expect(await statusElsewhere(ada)).toBe(200);
    const again = await stage.ask('DELETE', `/api/auth/sessions/${lost.sessionId}`, ada.bearer);
    expect(shortOf(again)).toEqual([404, 'auth.session-not-found']);
  });

  it('of others cannot be ended, whether of this tenant or of another', async () => {
    const ada = await stage.people.signedIn(acme, 'owner');
    for (const tenant of [acme, globex]) {
      const victim = await stage.people.signedIn(tenant, 'member');
      const answer = await stage.ask('DELETE', `/api/auth/sessions/${victim.sessionId}`, ada.bearer);
      expect(shortOf(answer)).toEqual([404, 'auth.session-not-found']);
      expect((await stage.ask('GET', '/api/auth/me', victim.bearer)).statusCode).toBe(200);
    }
  });

  it('end all but the one that asks', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    const others = [await stage.people.signIn(acme, ada.id), await stage.people.signIn(acme, ada.id)];
    expect((await stage.ask('DELETE', '/api/auth/sessions', ada.bearer)).statusCode).toBe(422);
    expect((await stage.ask('DELETE', '/api/auth/sessions?except=current', ada.bearer)).statusCode).toBe(204);
    for (const member of others) await isCutElsewhere(member);
    expect((await list(ada)).map(({ id }) => id)).toEqual([ada.sessionId]);
  });

  it('get a new id, new cookies and their old end when the password is given again', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    const wrong = await stage.ask('POST', '/api/auth/step-up', ada.browser, { password: 'not-their-password' });
    expect(shortOf(wrong)).toEqual([403, 'auth.password-wrong']);
    const answer = await stage.ask('POST', '/api/auth/step-up', ada.browser, { password: TEST_PASSWORD });
    const cookies = cookiesOf(answer);
    expect([answer.statusCode, Object.keys(cookies)]).toEqual([200, ['__Host-at', '__Host-rt', '__Host-csrf']]);
    const after = { ...ada.browser, cookie: `__Host-at=${cookies['__Host-at']}` };
    const { sessionId } = (await stage.ask('GET', '/api/auth/me', after)).json<{ sessionId: string }>();
    expect(sessionId).not.toBe(ada.sessionId);
    await isCutElsewhere(ada);
    const old = await stage.ask('POST', '/api/auth/logout', after);
    expect(shortOf(old)).toEqual([403, 'csrf.mismatch']);
    const ends = await stage.sql.run(acme, 'select expires_at from member_session where id in ($1, $2)', [ada.sessionId, sessionId]);
    expect(new Set(ends.map(({ expires_at }) => String(expires_at))).size).toBe(1);
    expect((await stage.ask('POST', '/api/auth/logout', { ...after, 'x-csrf-token': cookies['__Host-csrf']! })).statusCode).toBe(204);
  });

  it('end everywhere when the password is changed, and who changed it goes on under a new one', async () => {
    const ada = await stage.people.signedIn(acme, 'member');
    const elsewhere = await stage.people.signIn(acme, ada.id);
    const change = (current: string, next: string) => stage.ask('POST', '/api/auth/password', ada.bearer, { current, new: next });
    expect(shortOf(await change('not-their-password', NEW_PASSWORD))).toEqual([403, 'auth.password-wrong']);
    const weak = await change(TEST_PASSWORD, 'password123456');
    expect([shortOf(weak), weak.json<{ errors: { pointer: string }[] }>().errors[0]?.pointer]).toEqual([
      [422, 'auth.password-refused'],
      '/new',
    ]);
    const answer = await change(TEST_PASSWORD, NEW_PASSWORD);
    const { accessToken } = answer.json<{ accessToken: string }>();
    await isCutElsewhere(ada);
    await isCutElsewhere(elsewhere);
    const me = await stage.ask('GET', '/api/auth/me', { ...stage.at(acme), authorization: `Bearer ${accessToken}` });
    expect(me.json()).toMatchObject({ id: ada.id });
    const login = (password: string) => stage.ask('POST', '/api/auth/login', stage.at(acme), { email: ada.email, password });
    expect([(await login(TEST_PASSWORD)).statusCode, (await login(NEW_PASSWORD)).statusCode]).toEqual([401, 200]);
  });

  it('are nothing that a machine has', async () => {
    const headers = { ...stage.at(acme), 'x-api-key': await stage.tests.apiKey(acme) };
    expect(shortOf(await stage.ask('GET', '/api/auth/me', headers))).toEqual([403, 'auth.members-only']);
    expect(shortOf(await stage.ask('GET', '/api/auth/sessions', headers))).toEqual([403, 'auth.members-only']);
  });
});

describe('sessions whose database is away', () => {
  let clusters: ProxiedClusters;
  let stage: MemberStage;

  beforeAll(async () => {
    clusters = await proxiedClusters();
    stage = await MemberStage.open(clusters.settings);
  });
  afterAll(async () => {
    await clusters.proxy.pass();
    await stage.close();
    await clusters.proxy.close();
  });

  it('open nothing and end nothing: who they are is not guessed', async () => {
    const tenant = await stage.tests.tenant('row');
    const ada = await stage.people.signedIn(tenant, 'owner');
    await clusters.proxy.refuse();
    const answers = [
      await stage.ask('GET', '/api/auth/me', ada.bearer),
      await stage.ask('GET', '/api/users', ada.browser),
      await stage.ask('POST', '/api/auth/refresh', ada.browser),
      await stage.ask('POST', '/api/auth/login', stage.at(tenant), { email: ada.email, password: TEST_PASSWORD }),
      await stage.ask('POST', '/api/auth/logout', ada.browser),
    ];
    for (const answer of answers) expect([shortOf(answer), cookiesOf(answer)]).toEqual([[503, 'tenant.unavailable'], {}]);
    await clusters.proxy.pass();
    await until(async () => (await stage.ask('GET', '/api/auth/me', ada.bearer)).statusCode === 200, 10_000);
    expect((await stage.ask('POST', '/api/auth/refresh', ada.browser)).statusCode).toBe(204);
  });
});
