import { jest } from '@jest/globals';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { cookiesOf, shortOf } from '#testing/member-stage.js';
import { TEST_PASSWORD } from '#testing/members.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';
import { PasswordHasher } from '#workspace/members/passwords/password-hasher.js';

const MINUTE = 60_000;
type Headers = Readonly<Record<string, string>>;
const without = (headers: Headers, ...names: string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));

describe('how operators sign in', () => {
  let stage: OperatorStage;
  let other: OperatorStage;
  let ada: TestOperator;

  beforeAll(async () => {
    [stage, other] = await Promise.all([OperatorStage.open(), OperatorStage.open()]);
  });
  afterAll(async () => {
    await other.close();
    await stage.close();
  });
  beforeEach(async () => {
    stage.setAhead(0);
    ada = await stage.signedIn('owner');
  });

  const me = (headers: Headers, on = stage) => on.ask('GET', '/api/platform/auth/me', headers);
  const refresh = (on: OperatorStage, refreshToken: string) => on.ask('POST', '/api/platform/auth/refresh', {}, { refreshToken });
  const reasonOf = async ({ id }: TestOperator): Promise<unknown> =>
    (
      await stage.tests.platform.catalog.em
        .fork()
        .execute<object[]>('select revoke_reason from operator_session where operator_id = ? order by created_at, id', [id])
    )[0];

  it('is by cookies that scripts cannot read, for 15 minutes, and says who it is and what they may', async () => {
    const answer = await stage.login(` ${ada.email.toUpperCase()} `);
    expect([answer.statusCode, answer.json()]).toEqual([200, { expiresIn: 600, csrfToken: cookiesOf(answer)['__Host-csrf'] }]);
    expect((answer.headers['set-cookie'] as string[]).map((cookie) => cookie.replace(/=[^;]+/, '='))).toEqual([
      '__Host-at=; Path=/; Max-Age=600; Secure; SameSite=Lax; HttpOnly',
      '__Host-rt=; Path=/; Max-Age=900; Secure; SameSite=Strict; HttpOnly',
      '__Host-csrf=; Path=/; Max-Age=900; Secure; SameSite=Strict',
    ]);
    const support = await stage.signedIn('support');
    expect((await me(support.browser)).json()).toEqual({
      ...{ id: support.id, email: support.email, name: support.email, roles: ['support'], sessionId: expect.any(String) },
      permissions: expect.arrayContaining(['platform.tenants:read']),
    });
    expect((await me(support.bearer)).json<{ permissions: string[] }>().permissions).not.toContain('platform.tenants:change');
  });

  it('is not needed by who has the operators’ token', async () => {
    expect((await me(stage.token)).json()).toMatchObject({
      id: 'operator-token',
      name: 'operator-token',
      email: null,
      sessionId: null,
      roles: ['owner'],
    });
    for (const [method, url] of [
      ['GET', '/sessions'],
      ['POST', '/logout'],
    ] as const)
      expect(shortOf(await stage.ask(method, `/api/platform/auth${url}`, stage.token))).toEqual([403, 'operators.session-needed']);
  });

  it('is with a password set by a link that is good once, for a day, and only the newest', async () => {
    const created = await stage.ask('POST', '/api/platform/operators', stage.token, {
      ...{ email: `new-${ada.email}`, name: 'New', roles: ['support'], reason: 'a new colleague' },
    });
    const tokenOf = (url: string): string => new URL(url).searchParams.get('token') ?? '';
    const { id, setupUrl } = created.json<{ id: string; setupUrl: string }>();
    expect([created.statusCode, new URL(setupUrl).hostname, new URL(setupUrl).pathname]).toEqual([201, 'admin.localhost', '/setup']);
    const setUp = (token: string, password = TEST_PASSWORD) => stage.ask('POST', '/api/platform/auth/setup', {}, { token, password });
    expect(shortOf(await setUp(tokenOf(setupUrl), 'password-password'))).toEqual([422, 'auth.password-refused']);
    const again = await stage.ask('POST', `/api/platform/operators/${id}/invitation`, stage.token, { reason: 'the first was lost' });
    const newest = tokenOf(again.json<{ setupUrl: string }>().setupUrl);
    expect(shortOf(await setUp(tokenOf(setupUrl)))).toEqual([400, 'auth.link-invalid']);
    stage.setAhead(24 * 60 * MINUTE + 1_000);
    expect(shortOf(await setUp(newest))).toEqual([400, 'auth.link-invalid']);
    stage.setAhead(0);
    expect(shortOf(await stage.login(`new-${ada.email}`))).toEqual([401, 'auth.invalid-login']);
    const both = await Promise.all([setUp(newest), setUp(newest)]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([200, 400]);
    expect((await stage.login(`new-${ada.email}`)).statusCode).toBe(200);
  });

  it('ends every session when a new password is set', async () => {
    const { setupUrl } = (
      await stage.ask('POST', `/api/platform/operators/${ada.id}/invitation`, stage.token, { reason: 'lost it' })
    ).json<{
      setupUrl: string;
    }>();
    const token = new URL(setupUrl).searchParams.get('token');
    await stage.ask('POST', '/api/platform/auth/setup', {}, { token, password: 'another-violet-anchor' });
    expect(shortOf(await me(ada.bearer))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await refresh(stage, ada.refreshToken))).toEqual([401, 'auth.session-ended']);
    expect(shortOf(await stage.login(ada.email))).toEqual([401, 'auth.invalid-login']);
  });

  it('gives nobody away: the same answer at the same price for a wrong password, nobody, and who may not come', async () => {
    const invited = await stage.person(['support'], 'invited');
    const disabled = await stage.person(['support']);
    await stage.ask(
      'PATCH',
      `/api/platform/operators/${disabled.id}`,
      { ...stage.token, 'if-match': '*' },
      { status: 'disabled', reason: 'left us' },
    );
    const turns = jest.spyOn(PasswordHasher.prototype, 'inTurn');
    const answers = [];
    for (const [email, password] of [
      [ada.email, 'not-the-password'],
      [`nobody-${ada.email}`, TEST_PASSWORD],
      [invited.email, TEST_PASSWORD],
      [disabled.email, TEST_PASSWORD],
    ] as const) {
      const { statusCode, body } = await stage.login(email, password);
      answers.push([statusCode, { ...(JSON.parse(body) as object), requestId: '' }]);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject([401, { code: 'auth.invalid-login' }]);
    expect(turns).toHaveBeenCalledTimes(4);
    turns.mockRestore();
  });

  it('is slowed down after five failures, whichever process they came to, and not at a tenant of the same address', async () => {
    for (let failure = 0; failure < 5; failure += 1) await (failure % 2 ? stage : other).login(ada.email, 'not-the-password');
    const locked = await stage.login(ada.email);
    expect([...shortOf(locked), Number(locked.headers['retry-after'])]).toEqual([429, 'auth.locked', expect.any(Number)]);
    expect((await me(ada.bearer)).statusCode).toBe(200);
  });

  it('is bounded for each peer network by its rate', async () => {
    const hits: [key: string, limit: number][] = [];
    const limited = await OperatorStage.open(
      {},
      {
        hit: async (key, { limit }) => {
          hits.push([key, limit]);
          return { allowed: hits.length <= 2, remaining: 0, resetSeconds: 7, isLocal: true };
        },
      },
    );
    const url = '/api/platform/auth/refresh';
    const ask = () =>
      limited.app.inject({
        ...{ method: 'POST', url, remoteAddress: '10.9.8.7', headers: { host: 'admin.localhost' } },
        payload: { refreshToken: 'x' },
      });
    const answers = [await ask(), await ask(), await ask()];
    expect(answers.map((answer) => shortOf(answer)[1])).toEqual(['auth.session-ended', 'auth.session-ended', 'rate.limited']);
    expect(answers[2]?.headers['retry-after']).toBe('7');
    expect(hits).toEqual(Array(3).fill(['{operators}:auth:peer:10.9.8.7', 60]));
    await limited.close();
  });

  it('is over after 15 minutes without a renewal, and after 8 hours with as many as one likes', async () => {
    stage.setAhead(9 * MINUTE);
    expect((await me(ada.bearer)).statusCode).toBe(200);
    stage.setAhead(11 * MINUTE);
    expect(shortOf(await me(ada.bearer))).toEqual([401, 'access.unauthenticated']);
    stage.setAhead(15 * MINUTE - 1_000);
    const renewed = (await refresh(stage, ada.refreshToken)).json<{ accessToken: string; refreshToken: string }>();
    expect((await me({ authorization: `Bearer ${renewed.accessToken}` })).statusCode).toBe(200);
    stage.setAhead(30 * MINUTE + 1_000);
    expect(shortOf(await refresh(stage, renewed.refreshToken))).toEqual([401, 'auth.session-ended']);

    stage.setAhead(0);
    let { refreshToken } = await stage.signIn(ada);
    for (let minutes = 14; minutes < 480; minutes += 14) {
      stage.setAhead(minutes * MINUTE);
      const answer = await refresh(stage, refreshToken);
      expect([minutes, answer.statusCode]).toEqual([minutes, 200]);
      ({ refreshToken } = answer.json<{ refreshToken: string }>());
    }
    stage.setAhead(479 * MINUTE);
    const last = await refresh(stage, refreshToken);
    expect([last.statusCode, last.json<{ expiresIn: number }>().expiresIn <= 60]).toEqual([200, true]);
    stage.setAhead(480 * MINUTE + 1_000);
    expect(shortOf(await refresh(stage, last.json<{ refreshToken: string }>().refreshToken))).toEqual([401, 'auth.session-ended']);
  });

  it('is renewed once by many requests at two processes at once, and all of them get the same successor', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => refresh(index % 2 ? stage : other, ada.refreshToken)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map((answer) => answer.json<{ refreshToken: string }>().refreshToken)).size).toBe(1);
  });

  it('is over everywhere at once when a token is shown again after 30 seconds, which is put on record', async () => {
    const elsewhere = await stage.signIn(ada);
    const renewed = (await refresh(stage, ada.refreshToken)).json<{ accessToken: string }>();
    stage.setAhead(31_000);
    const replayed = await stage.ask('POST', '/api/platform/auth/refresh', ada.browser);
    expect([shortOf(replayed), cookiesOf(replayed)]).toEqual([
      [401, 'auth.session-ended'],
      { '__Host-at': '', '__Host-rt': '', '__Host-csrf': '' },
    ]);
    expect((await me({ authorization: `Bearer ${renewed.accessToken}` }, other)).statusCode).toBe(401);
    expect((await me(elsewhere.bearer, other)).statusCode).toBe(200);
    expect(await reasonOf(ada)).toEqual({ revoke_reason: 'reuse_detected' });
    const chain = new PlatformAuditChain(stage.tests.platform.catalog);
    const [event] = await chain.list({ action: 'operator.reuse-detected', limit: 1 });
    expect([event?.outcome, event?.targets]).toEqual(['denied', expect.stringContaining(ada.id)]);
  });

  it('ends with the next request of any process: signed out, a session ended, a role taken, disabled', async () => {
    const second = await stage.signIn(ada);
    const sessions = (await stage.ask('GET', '/api/platform/auth/sessions', ada.bearer)).json<{
      data: { id: string; current: boolean }[];
    }>().data;
    expect(sessions.map(({ current }) => current)).toEqual([false, true]);
    const stranger = await stage.signedIn('owner');
    const end = (by: TestOperator) => stage.ask('DELETE', `/api/platform/auth/sessions/${sessions[0]!.id}`, by.bearer);
    expect(shortOf(await end(stranger))).toEqual([404, 'auth.session-not-found']);
    expect((await me(second.bearer, other)).statusCode).toBe(200);
    expect((await end(ada)).statusCode).toBe(204);
    expect((await me(second.bearer, other)).statusCode).toBe(401);
    expect((await stage.ask('POST', '/api/platform/auth/logout', ada.bearer)).statusCode).toBe(204);
    expect((await me(ada.bearer, other)).statusCode).toBe(401);

    const manages = (headers: Headers) => other.ask('GET', '/api/platform/operators', headers);
    expect((await manages(stranger.bearer)).statusCode).toBe(200);
    const change = (body: object) =>
      stage.ask('PATCH', `/api/platform/operators/${stranger.id}`, { ...stage.token, 'if-match': '*' }, { ...body, reason: 'moved on' });
    await change({ roles: ['support'] });
    expect(shortOf(await manages(stranger.bearer))).toEqual([403, 'operators.denied']);
    await change({ status: 'disabled' });
    expect(shortOf(await manages(stranger.bearer))).toEqual([401, 'access.unauthenticated']);
  });

  it('takes a change by cookie from a page of its own that shows the token of its session', async () => {
    const tenant = await stage.tests.tenant('row');
    const neighbour = await stage.signedIn('owner');
    const make = (headers: Headers) =>
      stage.ask('POST', '/api/platform/operators', headers, { email: 'x', name: 'X', roles: ['support'], reason: 'a spec' });
    const tries: [string, Headers, string][] = [
      ['no token', without(ada.browser, 'x-csrf-token'), 'csrf.missing'],
      ['a token of another session', { ...ada.browser, 'x-csrf-token': neighbour.csrfToken }, 'csrf.mismatch'],
      ["a tenant's page", { ...ada.browser, origin: `http://${tenant.slug}.localhost`, 'sec-fetch-site': 'same-site' }, 'csrf.cross-site'],
      ['no word of the page', without(ada.browser, 'origin', 'sec-fetch-site'), 'csrf.cross-site'],
    ];
    for (const [what, headers, code] of tries) expect([what, shortOf(await make(headers))]).toEqual([what, [403, code]]);
    expect(shortOf(await make(ada.browser))).toEqual([422, 'validation.failed']);
    expect(shortOf(await stage.ask('POST', '/api/platform/auth/refresh', without(ada.browser, 'x-csrf-token')))).toEqual([
      403,
      'csrf.missing',
    ]);
    expect(shortOf(await stage.login(ada.email, TEST_PASSWORD, {}, { 'sec-fetch-site': 'same-site' }))).toEqual([403, 'csrf.cross-site']);
  });

  it('is at its own host, and opens nothing of a tenant; what opens a tenant opens nothing here', async () => {
    const [acme, globex] = await Promise.all([stage.tests.tenant('row'), stage.tests.tenant('schema')]);
    for (const host of [`${acme.slug}.localhost`, `${globex.slug}.localhost`, 'localhost', 'app.localhost', 'api.localhost'])
      expect([host, shortOf(await stage.login(ada.email, TEST_PASSWORD, {}, { host }))]).toEqual([host, [404, 'route.unknown']]);
    const tickets = (headers: Headers) => stage.ask('GET', '/api/tickets', { ...headers, host: `${acme.slug}.localhost` });
    for (const headers of [ada.bearer, ada.browser, stage.token])
      expect(shortOf(await tickets(headers))).toEqual([401, 'access.unauthenticated']);
    const key = await stage.tests.apiKey(acme);
    expect(shortOf(await me({ 'x-api-key': key }))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await me({ authorization: `Bearer ${key}` }))).toEqual([401, 'access.unauthenticated']);
    for (const changed of [ada.accessToken.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A')), ada.refreshToken, '', 'tno_x'])
      expect(shortOf(await me({ authorization: `Bearer ${changed}` }))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await me({ ...ada.browser, authorization: 'Bearer nonsense' }))).toEqual([401, 'access.unauthenticated']);
  });
});
