import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LightMyRequestResponse } from 'fastify';
import { IMPORT, ONBOARDING_NOTICE, ONBOARDING_STEPS } from '#control/onboarding/onboarding-plan.js';
import type { OnboardingBegun, OnboardingView } from '#control/onboarding/onboarding.schemas.js';
import { openWorkDriver } from '#main/platform-engine.js';
import { openOnboardingDoors } from '#main/onboarding.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import { until } from '#testing/faults/until.js';

describe('signing up', () => {
  let stage: MemberStage;
  let port: number;

  beforeAll(async () => {
    stage = await MemberStage.open();
    await stage.app.listen(0, '127.0.0.1');
    ({ port } = stage.app.getHttpServer().address() as AddressInfo);
  });
  afterAll(() => stage.close());

  const fresh = (): string => `test-${randomBytes(6).toString('hex')}`;
  const body = (more: object = {}): Record<string, unknown> => {
    const name = fresh();
    return { companyName: name, adminName: 'Ada', adminEmail: `ada@${name}.test`, plan: 'starter', region: 'eu-west', ...more };
  };
  const signUp = (payload: object, headers: Record<string, string> = { 'idempotency-key': randomUUID() }, url = '/api/signup') =>
    stage.ask('POST', url, { host: 'localhost', ...headers }, payload);
  const status = (id: string) => stage.ask('GET', `/api/signup/${id}`, { host: 'localhost' });
  const token = (): Record<string, string> => ({
    host: 'admin.localhost',
    authorization: `Bearer ${stage.tests.platform.config.OPERATOR_TOKEN}`,
  });
  const keyed = (): Record<string, string> => ({ ...token(), 'idempotency-key': randomUUID() });
  const begun = (answer: LightMyRequestResponse): OnboardingBegun => {
    expect(shortOf(answer)).toEqual([202]);
    return answer.json();
  };
  const cancelled = async (id: string): Promise<void> => {
    expect(shortOf(await stage.ask('POST', `/api/platform/onboardings/${id}/cancel`, token(), { reason: 'a spec' }))).toEqual([202]);
    const driver = openWorkDriver(stage.tests.platform, openPlatformWork(stage.tests.platform, stage.tests.provisioning).kinds);
    expect((await driver.drive(id)).state).toBe('compensated');
  };

  it.each(['/api/signup', '/api/companies'])('is answered at once, with where to look (%s)', async (url) => {
    const answer = await signUp(body(), undefined, url);
    const { onboardingId, slug, statusUrl } = begun(answer);
    expect([answer.headers.location, statusUrl]).toEqual([statusUrl, `http://localhost:3000/api/signup/${onboardingId}`]);
    expect(answer.headers['ratelimit-policy']).toMatch(/^"signup";q=\d+;w=60$/);
    const seen = (await status(onboardingId)).json<OnboardingView>();
    expect(seen).toMatchObject({ id: onboardingId, slug, state: 'queued', tenantUrl: `http://${slug}.localhost:3000/` });
    expect(seen.steps.map(({ name }) => name)).toEqual([...ONBOARDING_STEPS]);
    // Its own host says that it is being made.
    expect(shortOf(await stage.ask('GET', '/api/companies/me', { host: `${slug}.localhost` }))).toEqual([503, 'tenant.provisioning']);
    await stage.tests.onboarded(onboardingId);
    expect((await status(onboardingId)).json()).toMatchObject({ state: 'active' });
    expect(shortOf(await stage.ask('GET', '/api/companies/me', { host: `${slug}.localhost` }))).toEqual([401, 'access.unauthenticated']);
  });

  it('needs a key, answers its repetition with the first answer, and refuses it for anything else', async () => {
    const wanted = body();
    expect(shortOf(await signUp(wanted, {}))).toEqual([400, 'idempotency.key-needed']);
    const key = { 'idempotency-key': randomUUID() };
    const [first, again] = [await signUp(wanted, key), await signUp(wanted, key)];
    expect([again.statusCode, again.body]).toEqual([202, first.body]);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true']);
    expect(shortOf(await signUp({ ...wanted, companyName: 'Another' }, key))).toEqual([422, 'idempotency.key-reused']);
    await cancelled(begun(first).onboardingId);
    expect((await signUp(wanted, key)).body).toBe(first.body);
  });

  it.each([
    ['what is not in a plan for everybody', { plan: 'enterprise' }, [403, 'signup.sales-only']],
    ['a plan that there is not', { plan: 'free' }, [422, 'provisioning.plan-unknown']],
    ['a region that there is not', { region: 'moon' }, [422, 'provisioning.region-unknown']],
    ['a name that is reserved', { slug: 'admin' }, [422, 'signup.slug-refused']],
    ['a name DNS would read otherwise', { slug: 'xn--80ak6aa92e' }, [422, 'signup.slug-refused']],
    ['a name of other letters', { slug: 'аcme-inc' }, [422, 'signup.slug-refused']],
    ['a name that ends with a hyphen', { slug: 'acme-' }, [422, 'signup.slug-refused']],
    ['a name with an underscore', { slug: 'ac_me' }, [422, 'signup.slug-refused']],
    ['a name that is too long', { slug: 'a'.repeat(64) }, [422, 'signup.slug-refused']],
    ['a field that nobody knows', { coupon: 'x' }, [422, 'validation.failed']],
    ['an address that is none', { adminEmail: 'ada' }, [422, 'validation.failed']],
    ['a name of two lines', { companyName: 'a\nb' }, [422, 'validation.failed']],
    ['an address in the clear', { notifyUrl: 'http://example.com/hook' }, [422, 'signup.notify-url-refused']],
    ['an address of a private network', { notifyUrl: 'https://169.254.169.254/latest' }, [422, 'signup.notify-url-refused']],
  ] as const)('refuses %s, and keeps nothing of it', async (_what, more, problem) => {
    const wanted = body(more);
    expect(shortOf(await signUp(wanted))).toEqual(problem);
    const taken = (await stage.tests.provisioning.tenants.list()).filter(({ name }) => name === wanted['companyName']);
    expect(taken).toEqual([]);
  });

  it('takes nobody new where it is switched off, and others all the same', async () => {
    const { flags } = stage.tests.platform;
    flags.isOn = (flag, { region }) => flag !== 'signup-open' || region !== 'us-east';
    try {
      const refused = await signUp(body({ region: 'us-east' }));
      expect([shortOf(refused), refused.headers['retry-after']]).toEqual([[503, 'signup.closed'], '300']);
      await cancelled(begun(await signUp(body())).onboardingId);
    } finally {
      Reflect.deleteProperty(flags, 'isOn');
    }
  });

  it('gives a name once, and finds one like it for who did not ask for that very one', async () => {
    const wanted = body();
    const [one, other] = await Promise.all([
      signUp({ ...wanted, slug: wanted['companyName'] }),
      signUp({ ...wanted, slug: wanted['companyName'] }),
    ]);
    expect([shortOf(one), shortOf(other)].sort()).toEqual([[202], [409, 'catalog.slug-taken']]);
    const like = begun(await signUp(wanted));
    expect(like.slug).toMatch(new RegExp(`^${String(wanted['companyName'])}-[0-9a-f]{4}$`));
    for (const answer of [one, other]) if (answer.statusCode === 202) await cancelled(begun(answer).onboardingId);
    await cancelled(like.onboardingId);
  });

  it('is counted for each network', async () => {
    const strict = await MemberStage.open({ SIGNUPS_PER_MINUTE: '2' });
    try {
      const from = (address: string) =>
        strict.app.inject({ method: 'POST', url: '/api/signup', headers: { host: 'localhost' }, remoteAddress: address, payload: body() });
      const net = `2001:db8:${randomBytes(2).toString('hex')}:${randomBytes(2).toString('hex')}`;
      const answers = [await from(`${net}::1`), await from(`${net}::2`), await from(`${net}::3`)];
      expect(answers.map(shortOf)).toEqual([
        [400, 'idempotency.key-needed'],
        [400, 'idempotency.key-needed'],
        [429, 'rate.limited'],
      ]);
      expect(Number(answers[2]?.headers['retry-after'])).toBeGreaterThan(0);
      expect(shortOf(await from('2001:db8:ffff:ffff::1'))).toEqual([400, 'idempotency.key-needed']);
      // Whoever looks is counted apart, and may more often.
      const look = (path = '') =>
        strict.app.inject({
          ...{ method: 'GET', url: `/api/signup/${randomUUID()}${path}`, headers: { host: 'localhost' } },
          remoteAddress: `${net}::1`,
        });
      const looks = [];
      for (let count = 0; count < 40; count += 1) looks.push(shortOf(await look())[0]);
      expect(new Set(looks)).toEqual(new Set([404]));
      expect([shortOf(await look()), shortOf(await look('/events'))]).toEqual([
        [429, 'rate.limited'],
        [429, 'rate.limited'],
      ]);
    } finally {
      await strict.close();
    }
  });

  it('knows nothing of what is no onboarding', async () => {
    expect(shortOf(await status(randomUUID()))).toEqual([404, 'signup.not-found']);
    const id = await stage.tests.platform.works.ask({
      kind: ONBOARDING_NOTICE,
      input: { url: 'x' },
      dueAt: new Date(Date.now() + 86_400_000),
    });
    expect(shortOf(await status(id))).toEqual([404, 'signup.not-found']);
    expect(shortOf(await stage.ask('GET', `/api/signup/${id}/events`, { host: 'localhost' }))).toEqual([404, 'signup.not-found']);
    expect(shortOf(await stage.ask('GET', `/api/platform/onboardings/${id}`, token()))).toEqual([404, 'signup.not-found']);
    await stage.tests.platform.works.cancel(id);
  });

  it('of an export is seen to by operators like any other, and shown to nobody else', async () => {
    const { works } = stage.tests.platform;
    const id = await works.ask({ kind: IMPORT, input: { slug: fresh() }, dueAt: new Date(Date.now() + 86_400_000) });
    expect(shortOf(await status(id))).toEqual([404, 'signup.not-found']);
    const { onboardings } = openOnboardingDoors(stage.tests.platform);
    await expect(onboardings.retry(id)).rejects.toMatchObject({ code: 'signup.state-refused' });
    await onboardings.cancel(id);
    const [work] = await stage.tests.platform.catalog.em
      .fork()
      .execute<object[]>('select is_cancelled as "isCancelled" from work where id = ?', [id]);
    expect(work).toEqual({ isCancelled: true });
    await stage.tests.platform.catalog.em.fork().execute('delete from work where id = ? returning id', [id]);
  });

  /** What is streamed until it ends, as [id, step, state]. */
  async function watched(id: string, lastEventId?: string): Promise<[number, string | null, string][]> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const headers = { host: 'localhost', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) };
    get({ host: '127.0.0.1', port, path: `/api/signup/${id}/events`, agent: false, headers }, resolve).once('error', reject);
    let text = '';
    for await (const chunk of (await promise).setEncoding('utf8')) text += chunk as string;
    return text
      .split('\n\n')
      .filter((part) => part.startsWith('id: '))
      .map((part) => {
        const { step, state } = JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? '') as { step: string | null; state: string };
        return [Number(/^id: (.*)$/m.exec(part)?.[1]), step, state];
      });
  }

  it('is told of as it goes, each change once, also to who comes again, and is over then', async () => {
    const { onboardingId } = begun(await signUp(body({ plan: 'professional' })));
    const watching = watched(onboardingId);
    await stage.tests.onboarded(onboardingId);
    const seen = await watching;
    expect(seen.map(([seq]) => seq)).toEqual(seen.map((_event, place) => place + 1));
    expect(seen.slice(0, 3).map(([, ...what]) => what)).toEqual([
      [null, 'queued'],
      ['reserve', 'done'],
      [null, 'running'],
    ]);
    expect(seen.at(-1)).toEqual([seen.length, null, 'active']);
    expect(await watched(onboardingId, '4')).toEqual(seen.slice(4));
    expect(await watched(onboardingId, String(seen.length))).toEqual([]);
  });

  describe('for somebody, by an operator', () => {
    it('may be of any plan, on a cluster of the region, and is on record with its reason', async () => {
      const wanted = body({
        plan: 'enterprise',
        region: 'us-east',
        cluster: 'us-east-1',
        reason: 'agreed with sales',
        adminName: undefined,
      });
      const answer = await stage.ask('POST', '/api/platform/tenants', keyed(), wanted);
      const { onboardingId, slug, statusUrl } = begun(answer);
      expect(statusUrl).toBe(`http://admin.localhost:3000/api/platform/onboardings/${onboardingId}`);
      const tenant = await stage.tests.onboarded(onboardingId);
      expect([tenant.slug, tenant.plan, tenant.placement.cluster]).toEqual([slug, 'enterprise', 'us-east-1']);
      const shown = (await stage.ask('GET', `/api/platform/onboardings/${onboardingId}`, token())).json<Record<string, unknown>>();
      expect(shown).toMatchObject({ state: 'active', tenantId: tenant.id, direction: 'forward' });
      const events = (await stage.ask('GET', `/api/platform/audit/events?tenant=${tenant.id}`, token())).json<{ data: object[] }>();
      expect(events.data).toContainEqual(expect.objectContaining({ action: 'tenant.reserve', reason: 'agreed with sales' }));
    });

    it.each([
      [{ cluster: 'nowhere' }, [422, 'provisioning.cluster-unknown']],
      [{ cluster: 'us-east-1' }, [422, 'provisioning.cluster-elsewhere']],
    ] as const)('is refused where it cannot be (%j)', async (more, problem) => {
      expect(shortOf(await stage.ask('POST', '/api/platform/tenants', keyed(), body(more)))).toEqual(problem);
    });

    it('asks for a key, and a request with the same is the same one', async () => {
      const wanted = body({ plan: 'enterprise' });
      expect(shortOf(await stage.ask('POST', '/api/platform/tenants', token(), wanted))).toEqual([400, 'idempotency.key-needed']);
      const headers = keyed();
      const { onboardingId } = begun(await stage.ask('POST', '/api/platform/tenants', headers, wanted));
      expect(begun(await stage.ask('POST', '/api/platform/tenants', headers, wanted)).onboardingId).toBe(onboardingId);
      const other = await stage.ask('POST', '/api/platform/tenants', headers, body({ plan: 'starter' }));
      expect(shortOf(other)).toEqual([422, 'idempotency.key-reused']);
      await stage.tests.onboarded(onboardingId);
    });

    it('can be taken back until it is active, and then not', async () => {
      const { onboardingId } = begun(await signUp(body()));
      await cancelled(onboardingId);
      const { onboardingId: other } = begun(await signUp(body()));
      await stage.tests.onboarded(other);
      for (const act of ['cancel', 'retry'])
        expect(shortOf(await stage.ask('POST', `/api/platform/onboardings/${other}/${act}`, token(), {}))).toEqual([
          409,
          'signup.state-refused',
        ]);
    });

    it('is for operators alone', async () => {
      const anonymous = { host: 'admin.localhost' };
      expect(shortOf(await stage.ask('POST', '/api/platform/tenants', anonymous, body()))).toEqual([401, 'access.unauthenticated']);
    });
  });

  describe('with an address to be told at', () => {
    let listener: Server;
    const told: { headers: Record<string, unknown>; body: string }[] = [];
    const answers: number[] = [];

    beforeAll(async () => {
      listener = createServer((request, response) => {
        let text = '';
        request.on('data', (chunk: Buffer) => (text += chunk.toString()));
        request.on('end', () => {
          told.push({ headers: request.headers, body: text });
          response.writeHead(answers.shift() ?? 204, { location: 'http://127.0.0.1:1/' }).end();
        });
      }).listen(0, '127.0.0.1');
      await until(() => listener.listening, 5_000);
    });
    afterAll(() => listener.close());
    beforeEach(() => {
      told.length = 0;
      answers.length = 0;
    });

    const hook = (): string => `http://127.0.0.1:${String((listener.address() as AddressInfo).port)}/hook`;
    const notice = async (onboardingId: string): Promise<string> => {
      const driver = openWorkDriver(stage.tests.platform, openPlatformWork(stage.tests.platform, stage.tests.provisioning).kinds);
      const [work] = await stage.tests.platform.catalog.em
        .fork()
        .execute<{ id: string }[]>('select id from work where once = ?', [`${ONBOARDING_NOTICE.name}:${onboardingId}`]);
      return (await driver.drive(work?.id ?? '')).state;
    };

    /** What erases the tenant finds the notice by it. */
    const isTenants = async (onboardingId: string): Promise<unknown> => {
      const [row] = await stage.tests.platform.catalog.em
        .fork()
        .execute<{ same: boolean }[]>(
          'select told.tenant_id = made.tenant_id as same from work told, work made where told.once = ? and made.id = ?',
          [`${ONBOARDING_NOTICE.name}:${onboardingId}`, onboardingId],
        );
      return row?.same;
    };

    it('tells it, signed with the secret that was answered, and again until it is taken', async () => {
      const { onboardingId, slug, notifySecret } = begun(await signUp(body({ notifyUrl: hook() })));
      await stage.tests.onboarded(onboardingId);
      // Nobody is followed elsewhere.
      answers.push(302);
      expect(await notice(onboardingId)).toBe('done');
      expect(told).toHaveLength(2);
      expect(await isTenants(onboardingId)).toBe(true);
      for (const { headers, body: sent } of told) {
        expect(JSON.parse(sent)).toMatchObject({ type: 'onboarding.completed', data: { id: onboardingId, slug } });
        const secret = Buffer.from(String(notifySecret).replace('whsec_', ''), 'base64');
        const text = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${sent}`;
        expect(String(headers['webhook-signature']).split(' ')).toContain(
          `v1,${createHmac('sha256', secret).update(text).digest('base64')}`,
        );
      }
      expect(new Set(told.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    }, 30_000);

    it('tells of one that was taken back, too, and its address being away changes nothing', async () => {
      const { onboardingId } = begun(await signUp(body({ notifyUrl: hook() })));
      await cancelled(onboardingId);
      expect(await notice(onboardingId)).toBe('done');
      expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({ type: 'onboarding.failed', data: { id: onboardingId } });
      expect(await isTenants(onboardingId)).toBe(true);
    });
  });
});
