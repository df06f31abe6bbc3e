import { randomBytes } from 'node:crypto';
import { PlatformAuditChain } from '#catalog/audit/platform-audit-chain.js';
import { shortOf } from '#testing/member-stage.js';
import { type OwnCatalog, ownCatalog } from '#testing/own-catalog.js';
import { OperatorStage, type TestOperator } from '#testing/operators/operator-stage.js';

const REASON = { reason: 'asked for by the board' };
type Headers = Readonly<Record<string, string>>;

describe('who runs the platform', () => {
  let catalog: OwnCatalog;
  let stage: OperatorStage;
  let owner: TestOperator;
  let security: TestOperator;

  beforeAll(async () => {
    // Owners of other specs would count, and what they do would be the newest on record.
    catalog = await ownCatalog();
    stage = await OperatorStage.open(catalog.settings);
    owner = await stage.signedIn('owner');
    security = await stage.signedIn('security');
  });
  afterAll(async () => {
    await stage.close();
    await catalog.drop();
  });

  const anyVersion = (headers: Headers): Headers => ({ ...headers, 'if-match': '*' });
  const create = (by: Headers, body: object = {}) =>
    stage.ask('POST', '/api/platform/operators', by, {
      ...{ email: `op-${randomBytes(5).toString('hex')}@example.test`, name: 'Somebody', roles: ['support'], ...REASON },
      ...body,
    });
  const change = (by: Headers, id: string, body: object) =>
    stage.ask('PATCH', `/api/platform/operators/${id}`, anyVersion(by), { ...REASON, ...body });
  const remove = (by: Headers, id: string, body: object = REASON) =>
    stage.ask('DELETE', `/api/platform/operators/${id}`, anyVersion(by), body);
  const eventOf = async (action: string) => (await new PlatformAuditChain(stage.tests.platform.catalog).list({ action, limit: 1 }))[0];

  it('is decided with a reason, by somebody by name in a session, and that is on record with every change', async () => {
    const made = await create(security.bearer);
    const { id, version } = made.json<{ id: string; version: number }>();
    expect([made.statusCode, made.headers['location'], made.headers['etag']]).toEqual([
      201,
      `/api/platform/operators/${id}`,
      `"${version}"`,
    ]);
    const created = await eventOf('operator.create');
    expect([created?.surface, created?.reason, JSON.parse(created?.actor ?? '')]).toEqual([
      'http',
      REASON.reason,
      { type: 'operator', id: security.id, user: security.email, session: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    ]);
    const { status } = JSON.parse((await change(security.bearer, id, { name: 'Renamed' })).body) as { status: string };
    expect(status).toBe('invited');
    expect(JSON.parse((await eventOf('operator.change'))?.changes ?? '')).toEqual([{ path: 'name', old: 'Somebody', new: 'Renamed' }]);
    expect((await remove(stage.token, id)).statusCode).toBe(204);
    const removed = await eventOf('operator.remove');
    expect([removed?.reason, JSON.parse(removed?.actor ?? '')]).toEqual([
      REASON.reason,
      { type: 'operator', id: 'operator-token', user: 'operator-token' },
    ]);
    expect(shortOf(await stage.ask('GET', `/api/platform/operators/${id}`, owner.bearer))).toEqual([404, 'operators.not-found']);
  });

  it('is decided with no reason by nobody: nothing changes and nothing is on record', async () => {
    const before = await eventOf('operator.change');
    for (const reason of [undefined, '', 'no', '  x  ', 'x'.repeat(501), 7])
      expect(shortOf(await change(owner.bearer, security.id, { name: 'Unseen', reason }))).toEqual([422, 'validation.failed']);
    expect(shortOf(await remove(owner.bearer, security.id, {}))).toEqual([422, 'validation.failed']);
    expect(shortOf(await create(owner.bearer, { unknown: true }))).toEqual([422, 'validation.failed']);
    expect(await eventOf('operator.change')).toEqual(before);
    expect((await stage.ask('GET', '/api/platform/auth/me', security.bearer)).json()).toMatchObject({ name: security.email });
  });

  it('says nothing of who tells whom apart: an address is one operator', async () => {
    const email = `op-${randomBytes(5).toString('hex')}@example.test`;
    const both = await Promise.all([create(owner.bearer, { email }), create(owner.bearer, { email: email.toUpperCase() })]);
    expect(both.map(({ statusCode }) => statusCode).sort()).toEqual([201, 409]);
    expect(shortOf(await create(owner.bearer, { email }))).toEqual([409, 'operators.email-taken']);
  });

  it('gives nobody more than whoever decides has', async () => {
    for (const roles of [['owner'], ['operator'], ['security', 'billing']])
      expect(shortOf(await create(security.bearer, { roles }))).toEqual([403, 'operators.beyond-own-rights']);
    const other = await stage.person(['operator']);
    expect(shortOf(await change(security.bearer, other.id, { roles: ['support'] }))).toEqual([403, 'operators.beyond-own-rights']);
    expect(shortOf(await remove(security.bearer, owner.id))).toEqual([403, 'operators.beyond-own-rights']);
    const link = await stage.ask('POST', `/api/platform/operators/${owner.id}/invitation`, security.bearer, REASON);
    expect(shortOf(link)).toEqual([403, 'operators.beyond-own-rights']);
    expect((await create(security.bearer, { roles: ['security', 'support'] })).statusCode).toBe(201);
  });

  it('is changed by who knows the version', async () => {
    const { id } = await stage.person(['support']);
    const url = `/api/platform/operators/${id}`;
    const etag = String((await stage.ask('GET', url, owner.bearer)).headers['etag']);
    expect(shortOf(await stage.ask('PATCH', url, owner.bearer, { ...REASON, name: 'A' }))).toEqual([428, 'precondition.required']);
    expect((await stage.ask('PATCH', url, { ...owner.bearer, 'if-match': etag }, { ...REASON, name: 'A' })).statusCode).toBe(200);
    expect(shortOf(await stage.ask('PATCH', url, { ...owner.bearer, 'if-match': etag }, { ...REASON, name: 'B' }))).toEqual([
      412,
      'precondition.failed',
    ]);
  });

  it('gets no link while disabled, and is back with the password of before when made active again', async () => {
    const somebody = await stage.signedIn('support');
    expect((await remove(owner.bearer, somebody.id)).statusCode).toBe(204);
    expect((await stage.ask('GET', '/api/platform/auth/me', somebody.bearer)).statusCode).toBe(401);
    const link = await stage.ask('POST', `/api/platform/operators/${somebody.id}/invitation`, owner.bearer, REASON);
    expect(shortOf(link)).toEqual([409, 'operators.disabled']);
    expect((await change(owner.bearer, somebody.id, { status: 'active' })).json()).toMatchObject({ status: 'active' });
    expect((await stage.login(somebody.email)).statusCode).toBe(200);
    expect((await stage.ask('GET', '/api/platform/auth/me', somebody.bearer)).statusCode).toBe(401);
  });

  it('is not put back to waiting by a change that is made while the password is set', async () => {
    const { id } = (await create(owner.bearer)).json<{ id: string }>();
    const { promise: isSet, resolve: set } = Promise.withResolvers<undefined>();
    const { promise: isRead, resolve: read } = Promise.withResolvers<undefined>();
    const setting = stage.operators.transaction(async ({ people }) => {
      expect(await people.setPassword(id, 'a hash', new Date())).toBe(true);
      set(undefined);
      await isRead;
    });
    await isSet;
    const changing = change(owner.bearer, id, { name: 'Renamed' });
    // By now it has read what it reads, or waits.
    setTimeout(() => read(undefined), 300);
    await setting;
    expect((await changing).json()).toMatchObject({ name: 'Renamed', status: 'active' });
  });

  it('is listed newest first, in pages that another list does not take', async () => {
    const made = [await stage.person(['support']), await stage.person(['support']), await stage.person(['support'])];
    const ids: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page = await stage.ask('GET', `/api/platform/operators?limit=2${query}`, owner.bearer);
      const { data, nextCursor } = page.json<{ data: { id: string }[]; nextCursor: string | null }>();
      ids.push(...data.map(({ id }) => id));
      if (cursor === '') {
        const elsewhere = await stage.ask('GET', `/api/platform/tenants?cursor=${nextCursor}`, owner.bearer);
        expect(shortOf(elsewhere)).toEqual([400, 'cursor.invalid']);
      }
      cursor = nextCursor;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => made.some((one) => one.id === id))).toEqual(made.map(({ id }) => id).reverse());
  });

  it('has an owner left, also when two owners take each other’s role at the same moment', async () => {
    for (const attempt of [
      change(owner.bearer, owner.id, { roles: ['support'] }),
      change(stage.token, owner.id, { status: 'disabled' }),
      remove(stage.token, owner.id),
    ])
      expect(shortOf(await attempt)).toEqual([409, 'operators.last-owner']);
    const second = await stage.signedIn('owner');
    const both = await Promise.all([
      change(owner.bearer, second.id, { roles: ['support'] }),
      change(second.bearer, owner.id, { roles: ['support'] }),
    ]);
    const codes = both.map((answer) => shortOf(answer));
    expect(codes.filter(([status]) => status === 200)).toHaveLength(1);
    const [left] = await stage.tests.platform.catalog.em
      .fork()
      .execute<{ owners: number }[]>(`select count(*)::int as owners from operator where status = 'active' and roles @> array['owner']`);
    expect(left).toEqual({ owners: 1 });
  });
});
