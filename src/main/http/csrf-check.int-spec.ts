import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import { TEST_PASSWORD, type TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';

describe.each(TIERS)('changes by cookie (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;
  let eve: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    ada = await stage.people.signedIn(acme, 'owner');
    eve = await stage.people.signedIn(globex, 'owner');
  });
  afterAll(() => stage.close());

  type Headers = Record<string, string>;
  const without = (headers: Headers, ...names: string[]): Headers =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
  const rename = (headers: Headers) => stage.ask('PATCH', '/api/companies/me', { ...headers, 'if-match': '*' }, { name: 'Renamed' });
  const nameNow = async () => (await stage.ask('GET', '/api/companies/me', ada.bearer)).json<{ name: string }>().name;

  it('are refused unless the page is ours and shows the token of the session, and change nothing', async () => {
    const colleague = await stage.people.signedIn(acme, 'owner');
    const foreign = `http://${globex.slug}.localhost`;
    const tries: [string, Headers, string][] = [
      ['no token', without(ada.browser, 'x-csrf-token'), 'csrf.missing'],
      ['a token of another session', { ...ada.browser, 'x-csrf-token': colleague.tokens.csrfToken }, 'csrf.mismatch'],
      ['a token of another tenant', { ...ada.browser, 'x-csrf-token': eve.tokens.csrfToken }, 'csrf.mismatch'],
      ['a token that was made up', { ...ada.browser, 'x-csrf-token': `${'0'.repeat(64)}.${'0'.repeat(32)}` }, 'csrf.mismatch'],
      ['a page of nowhere', { ...ada.browser, origin: 'null' }, 'csrf.cross-site'],
      ["a neighbour's page", { ...ada.browser, origin: foreign, 'sec-fetch-site': 'same-site' }, 'csrf.cross-site'],
      ["a neighbour's page in an old browser", { ...without(ada.browser, 'sec-fetch-site'), origin: foreign }, 'csrf.cross-site'],
      ['no word of the page', without(ada.browser, 'origin', 'sec-fetch-site'), 'csrf.cross-site'],
    ];
    const before = await nameNow();
    for (const [what, headers, code] of tries) expect([what, shortOf(await rename(headers))]).toEqual([what, [403, code]]);
    expect(await nameNow()).toBe(before);
    expect((await rename(ada.browser)).statusCode).toBe(200);
  });

  it('are not asked for anything more by a header, nor by reading', async () => {
    expect((await rename(ada.bearer)).statusCode).toBe(200);
    const key = await stage.tests.apiKey(acme);
    expect((await rename({ ...stage.at(acme), 'x-api-key': key })).statusCode).toBe(200);
    const cookie = without(ada.browser, 'x-csrf-token', 'origin', 'sec-fetch-site');
    expect((await stage.ask('GET', '/api/companies/me', cookie)).statusCode).toBe(200);
  });

  it('take no other content type and no other method in disguise', async () => {
    const text = await stage.app.inject({
      method: 'POST',
      url: '/api/auth/login',
      headers: { ...stage.at(acme), 'content-type': 'text/plain' },
      payload: JSON.stringify({ email: ada.email, password: TEST_PASSWORD }),
    });
    expect(text.statusCode).toBe(415);
    const disguised = { ...ada.browser, 'x-http-method-override': 'DELETE' };
    expect((await stage.ask('GET', '/api/companies/me', disguised)).statusCode).toBe(200);
    expect((await stage.ask('GET', '/api/companies/me?_method=DELETE', disguised)).json()).toMatchObject({ status: 'active' });
  });

  it('begin with no sign-in that a page of somebody else asked for', async () => {
    const login = (headers: Headers) =>
      stage.ask('POST', '/api/auth/login', { ...stage.at(acme), ...headers }, { email: ada.email, password: TEST_PASSWORD });
    const foreign: Headers[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: `http://${globex.slug}.localhost` },
      { origin: 'null' },
    ];
    for (const headers of foreign) expect(shortOf(await login(headers))).toEqual([403, 'csrf.cross-site']);
    expect((await login({ 'sec-fetch-site': 'same-origin', origin: `http://${acme.slug}.localhost` })).statusCode).toBe(200);
    expect((await login({})).statusCode).toBe(200);
  });

  it('know a session by its one cookie alone', async () => {
    const { accessToken } = ada.tokens;
    const read = (cookie: string, headers: Headers = {}) => stage.ask('GET', '/api/auth/me', { ...stage.at(acme), ...headers, cookie });
    expect((await read(`__Host-at=${accessToken}`)).statusCode).toBe(200);
    for (const cookie of [`at=${accessToken}`, `__host-at=${accessToken}`, `x=1;  __Host-at=${accessToken}`, `__Secure-at=${accessToken}`])
      expect(shortOf(await read(cookie))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await read(`__Host-at=${eve.tokens.accessToken}; __Host-at=${accessToken}`))).toEqual([
      400,
      'access.ambiguous-credentials',
    ]);
    expect(shortOf(await read(`__Host-at=${eve.tokens.accessToken}`))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await read(`__Host-at=${accessToken}`, { authorization: 'Bearer nonsense' }))).toEqual([401, 'access.unauthenticated']);
    expect(shortOf(await read(`__Host-at=${accessToken}`, { host: 'api.localhost' }))).toEqual([401, 'access.unauthenticated']);
  });

  it('are made in no session that was there before the sign-in', async () => {
    const before = { ...stage.at(acme), cookie: ada.browser['cookie']!, origin: `http://${acme.slug}.localhost` };
    const answer = await stage.ask('POST', '/api/auth/login', before, { email: ada.email, password: TEST_PASSWORD });
    const at =
      [answer.headers['set-cookie'] ?? []]
        .flat()
        .join()
        .match(/__Host-at=([^;]+)/)?.[1] ?? '';
    const [, claims = ''] = at.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).not.toMatchObject({ sid: ada.sessionId });
  });
});
