import { jest } from '@jest/globals';
import { hashSync } from '@node-rs/argon2';
import { Lockout } from '#kernel/limits/lockout.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { TEST_PASSWORD } from '#testing/members.js';
import { cookiesOf, MemberStage, shortOf } from '#testing/member-stage.js';
import { until } from '#testing/faults/until.js';
import { TIERS } from '#testing/test-platform.js';
import { PasswordHasher } from './passwords/password-hasher.js';

describe.each(TIERS)('signing in (%s tier)', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let address = 0;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
  });
  afterAll(() => stage.close());

  /** From an address of its own, so that the failures of one test are not those of another. */
  async function login(tenant: Tenant, email: string, password = TEST_PASSWORD, more: object = {}) {
    address += 1;
    return stage.app.inject({
      method: 'POST',
      url: '/api/auth/login',
      headers: stage.at(tenant),
      remoteAddress: `10.0.${address >> 8}.${address & 255}`,
      payload: { email, password, ...more },
    });
  }

  it('gives tokens in cookies that scripts cannot read, beside the one they must', async () => {
    const { id, email } = await stage.people.member(acme);
    const answer = await login(acme, ` ${email.toUpperCase()} `);
    expect([answer.statusCode, answer.json()]).toEqual([200, { expiresIn: 600, csrfToken: cookiesOf(answer)['__Host-csrf'] }]);
    expect((answer.headers['set-cookie'] as string[]).map((cookie) => cookie.replace(/=[^;]+/, '='))).toEqual([
      '__Host-at=; Path=/; Max-Age=600; Secure; SameSite=Lax; HttpOnly',
      '__Host-rt=; Path=/; Max-Age=1209600; Secure; SameSite=Strict; HttpOnly',
      '__Host-csrf=; Path=/; Max-Age=1209600; Secure; SameSite=Strict',
    ]);
    const me = await stage.ask('GET', '/api/auth/me', { ...stage.at(acme), cookie: `__Host-at=${cookiesOf(answer)['__Host-at']}` });
    expect(me.json()).toMatchObject({ id, email, role: 'member', roles: ['member'], tenant: { id: acme.id, slug: acme.slug } });
  });

  it('gives what is no browser its tokens in the body, and they open no other tenant', async () => {
    const { email } = await stage.people.member(acme);
    const answer = await login(acme, email, TEST_PASSWORD, { delivery: 'body' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const { accessToken } = answer.json<{ accessToken: string }>();
    expect(answer.json()).toEqual({ accessToken, refreshToken: expect.stringMatching(/^[\w-]{43}$/), expiresIn: 600 });
    const [, claims = ''] = accessToken.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      tid: acme.id,
      iss: 'tenantry',
      aud: 'tenantry.api',
      auth_time: expect.any(Number),
    });
    const me = (tenant: Tenant) => stage.ask('GET', '/api/auth/me', { ...stage.at(tenant), authorization: `Bearer ${accessToken}` });
    expect([(await me(acme)).statusCode, shortOf(await me(globex))]).toEqual([200, [401, 'access.unauthenticated']]);
  });

  it('puts a token of another tenant on the record of the tenant it was tried at', async () => {
    const stranger = await stage.people.signedIn(globex, 'owner');
    await stage.ask('GET', '/api/auth/me', { ...stranger.bearer, ...stage.at(acme) });
    const entries = () => stage.sql.run(acme, `select details from audit_event where action = 'access.foreign-credential'`);
    await until(async () => (await entries()).some(({ details }) => JSON.stringify(details).includes('member')), 5_000);
    expect(JSON.stringify(await entries())).not.toContain(stranger.id);
  });

  it('answers every failure alike, at the price of one comparison each', async () => {
    const hasher = stage.app.get(PasswordHasher, { strict: false });
    const wrong = await stage.people.member(acme);
    const disabled = await stage.people.member(acme, { status: 'disabled' });
    const invited = await stage.people.member(acme, { status: 'invited' });
    const elsewhere = await stage.people.member(globex);
    const tries: [string, string][] = [
      [wrong.email, 'not-their-password'],
      [disabled.email, TEST_PASSWORD],
      [invited.email, TEST_PASSWORD],
      [elsewhere.email, TEST_PASSWORD],
      ['nobody@example.test', TEST_PASSWORD],
      ['not an address', TEST_PASSWORD],
    ];
    const bodies = new Set<string>();
    for (const [email, password] of tries) {
      const before = hasher.done;
      const answer = await login(acme, email, password);
      expect([email, shortOf(answer), hasher.done - before]).toEqual([email, [401, 'auth.invalid-login'], 1]);
      expect(answer.headers['set-cookie']).toBeUndefined();
      bodies.add(JSON.stringify({ ...answer.json(), requestId: '' }));
    }
    expect(bodies.size).toBe(1);
  });

  it('records who came and who was turned away, without what they typed', async () => {
    const { id, email } = await stage.people.member(acme);
    await login(acme, email);
    await login(acme, email, 'a-password-nobody-has');
    const rows = await stage.sql.run(acme, `select action, outcome, actor, targets, details from audit_event order by seq desc limit 2`);
    expect(rows.map(({ action, outcome }) => [action, outcome])).toEqual([
      ['session.refused', 'failure'],
      ['session.opened', 'success'],
    ]);
    expect(JSON.stringify(rows[1])).toContain(id);
    expect(JSON.stringify(rows)).not.toMatch(/a-password-nobody-has|violet-anchor/);
  });

  it('makes an account wait after five failures, without comparing anything, and no account of that name elsewhere', async () => {
    const hasher = stage.app.get(PasswordHasher, { strict: false });
    const email = `shared-${tier}@example.test`;
    await stage.people.member(acme, { email });
    await stage.people.member(globex, { email });
    for (let round = 0; round < 5; round += 1) expect(shortOf(await login(acme, email, 'not-their-password'))[0]).toBe(401);
    const before = hasher.done;
    const locked = await login(acme, email);
    expect([shortOf(locked), Number(locked.headers['retry-after']) > 0, hasher.done]).toEqual([[429, 'auth.locked'], true, before]);
    expect((await login(globex, email)).statusCode).toBe(200);
  });

  it('counts a try at an account that may not sign in, though the password is the right one', async () => {
    const { email } = await stage.people.member(acme, { status: 'disabled' });
    for (let round = 0; round < 5; round += 1) expect(shortOf(await login(acme, email))).toEqual([401, 'auth.invalid-login']);
    expect(shortOf(await login(acme, email))).toEqual([429, 'auth.locked']);
    expect(shortOf(await login(globex, email))).toEqual([401, 'auth.invalid-login']);
  });

  it('tells an account that has to wait so, though nobody else can be compared just now', async () => {
    const { email } = await stage.people.member(acme);
    const lockout = stage.app.get(Lockout, { strict: false });
    for (let n = 1; n <= 12; n += 1) await lockout.failed({ tenantId: acme.id, account: email, peer: `192.0.2.${n}` });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const hasher = stage.app.get(PasswordHasher, { strict: false });
    const busy = Array.from({ length: 68 }, () => hasher.inTurn(() => promise));
    expect(shortOf(await login(acme, email))).toEqual([429, 'auth.locked']);
    expect(shortOf(await login(globex, email))).toEqual([503, 'auth.busy']);
    resolve(undefined);
    await Promise.all(busy);
  });

  it.each(['password_hash = password_hash || $2', `status = 'disabled', name = name || left($2, 0)`])(
    'lets nobody in by what was changed while it was compared: %s',
    async (change) => {
      const { id, email } = await stage.people.member(acme);
      const hasher = stage.app.get(PasswordHasher, { strict: false });
      const inTurn = jest.spyOn(hasher, 'inTurn').mockImplementationOnce(async (work) => {
        const result = await PasswordHasher.prototype.inTurn.call(hasher, work);
        await stage.sql.run(acme, `update member set ${change} where id = $1`, [id, 'x']);
        return result;
      });
      expect(shortOf(await login(acme, email))).toEqual([401, 'auth.invalid-login']);
      inTurn.mockRestore();
      expect(await stage.sql.run(acme, 'select from member_session where member_id = $1', [id])).toEqual([]);
    },
  );

  it('does not let a burst of guesses past the fifth by more than can be compared at once', async () => {
    const { email } = await stage.people.member(acme);
    const answers = await Promise.all(Array.from({ length: 30 }, () => login(acme, email, 'not-their-password')));
    const compared = answers.filter(({ statusCode }) => statusCode === 401).length;
    expect(compared).toBeGreaterThanOrEqual(5);
    expect(compared).toBeLessThanOrEqual(8);
    expect(answers.every(({ statusCode }) => statusCode === 401 || statusCode === 429)).toBe(true);
  });

  it('replaces a hash that was made more cheaply by one of today', async () => {
    const { id, email } = await stage.people.member(acme);
    const cheap = hashSync(TEST_PASSWORD, { memoryCost: 8_192, timeCost: 1 });
    await stage.sql.run(acme, 'update member set password_hash = $1 where id = $2', [cheap, id]);
    expect((await login(acme, email)).statusCode).toBe(200);
    const [row] = await stage.sql.run(acme, 'select password_hash from member where id = $1', [id]);
    expect(row?.['password_hash']).toContain('$m=19456,t=2,p=1$');
    expect((await login(acme, email)).statusCode).toBe(200);
  });

  it('compares four at once and keeps 64 waiting; whoever comes beyond that is asked to come again', async () => {
    const { email } = await stage.people.member(acme);
    const others = Array.from({ length: 90 }, (_, index) => login(acme, `nobody-${index}@example.test`));
    const answers = await Promise.all(others);
    const busy = answers.filter(({ statusCode }) => statusCode === 503);
    expect(answers.filter(({ statusCode }) => statusCode === 401).length).toBeGreaterThanOrEqual(68);
    expect(busy.length).toBeGreaterThan(0);
    for (const answer of busy) expect([shortOf(answer), answer.headers['retry-after']]).toEqual([[503, 'auth.busy'], '2']);
    expect((await login(acme, email)).statusCode).toBe(200);
  });

  it('says what is wrong with a body', async () => {
    const answer = await stage.ask('POST', '/api/auth/login', stage.at(acme), { email: '', delivery: 'pigeon' });
    expect(
      answer
        .json<{ errors: { pointer: string }[] }>()
        .errors.map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/delivery', '/email', '/password']);
  });
});
