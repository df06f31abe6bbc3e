import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { TestMember } from '#testing/members.js';
import { until } from '#testing/faults/until.js';
import { NotificationStage, type StageApi } from '#testing/notifications/notification-stage.js';
import type { SseReader } from '#testing/notifications/sse-reader.js';
import { SessionsService } from '#workspace/members/sessions/sessions.service.js';
import { TcpProxy } from '#testing/tcp-proxy.js';
import { TIERS } from '#testing/test-platform.js';
import { STREAM_LIMITS } from './stream-limits.js';

describe.each(TIERS)('streams of notifications of tenants on the %s tier, over two apis', (tier) => {
  let stage: NotificationStage;
  let one: StageApi;
  let two: StageApi;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;
  let eve: TestMember;
  const open: SseReader[] = [];

  beforeAll(async () => {
    stage = await NotificationStage.open();
    [one, two] = [await stage.api(), await stage.api()];
    ({ acme, globex } = await stage.pair(tier));
  });
  beforeEach(async () => {
    [ada, eve] = [await stage.people.signedIn(acme, 'viewer'), await stage.people.signedIn(globex, 'viewer')];
  });
  afterEach(() => {
    for (const reader of open.splice(0)) reader.close();
  });
  afterAll(() => stage.close());

  async function stream(api: StageApi, member: TestMember, lastEventId?: string): Promise<SseReader> {
    const reader = await stage.stream(api, member, lastEventId);
    open.push(reader);
    await until(() => reader.others.length > 0, 5_000);
    return reader;
  }

  it('show at once what another process told, with its id, and say how to go on', async () => {
    const reader = await stream(two, ada);
    await stage.tell(one, ada, 'hello');
    await until(() => reader.events.length === 1, 5_000);
    expect(reader.events[0]).toMatchObject({ id: reader.events[0]?.data.id, data: { title: 'hello', readAt: null } });
    expect([
      reader.status,
      reader.others[0],
      reader.headers['content-type'],
      reader.headers['x-accel-buffering'],
      reader.headers['cache-control'],
    ]).toEqual([200, 'retry: 3000', 'text/event-stream', 'no', 'no-store']);
    expect([reader.headers['ratelimit'], reader.headers['x-request-id']]).not.toContain(undefined);
  });

  it('show nobody anything of another member or of another tenant', async () => {
    const bob = await stage.people.signedIn(acme, 'viewer');
    const readers = [await stream(one, ada), await stream(two, bob), await stream(one, eve), await stream(two, eve)];
    await Promise.all([stage.tell(one, ada, 'for Ada'), stage.tell(two, bob, 'for Bob'), stage.tell(two, eve, 'for Eve')]);
    for (const member of [ada, bob, eve]) await stage.tell(one, member, 'last');
    await until(() => readers.every(({ titles }) => titles.includes('last')), 5_000);
    expect(readers.map(({ titles }) => titles)).toEqual([
      ['for Ada', 'last'],
      ['for Bob', 'last'],
      ['for Eve', 'last'],
      ['for Eve', 'last'],
    ]);
  });

  it('show what came after the last id, once and in order, while more comes', async () => {
    const first = await stream(one, ada);
    await stage.tell(two, ada, '0', '1');
    await until(() => first.events.length === 2, 5_000);
    const last = first.events[0]?.id;
    first.close();
    await stage.tell(two, ada, '2', '3');
    const telling = (async () => {
      for (let n = 4; n < 30; n += 1) await stage.tell(n % 2 ? one : two, ada, String(n));
    })();
    const readers = await Promise.all([stream(one, ada, last), stream(two, ada, last), stream(two, ada, last)]);
    await telling;
    await until(() => readers.every(({ titles }) => titles.includes('29')), 10_000);
    const expected = Array.from({ length: 29 }, (_, n) => String(n + 1));
    for (const { titles } of readers) expect(titles).toEqual(expected);
  });

  it('go back a day at most, also after an id nobody knows any more', async () => {
    await stage.tell(one, ada, 'very old', 'old', 'new');
    await stage.sql.run(
      acme,
      `update notification set created_at = now() - interval '25 hours' where member_id = $1 and title = 'very old'`,
      [ada.id],
    );
    await stage.sql.run(acme, `update notification set created_at = now() - interval '23 hours' where member_id = $1 and title = 'old'`, [
      ada.id,
    ]);
    const [{ id } = {}] = await stage.sql.run(acme, `select id from notification where member_id = $1 and title = 'very old'`, [ada.id]);
    const known = await stream(one, ada, String(id));
    const unknown = await stream(two, ada, eve.id);
    const fresh = await stream(two, ada);
    const odd = await stream(one, ada, `x' or 1=1 --`);
    await stage.tell(one, ada, 'now');
    await until(() => [known, unknown, fresh, odd].every(({ titles }) => titles.includes('now')), 5_000);
    expect([known.titles, unknown.titles, fresh.titles, odd.titles]).toEqual([
      ['old', 'new', 'now'],
      ['old', 'new', 'now'],
      ['now'],
      ['now'],
    ]);
  });

  it('end within a second after the session was revoked in another process', async () => {
    const reader = await stream(two, ada);
    const other = await stream(two, await stage.people.signIn(acme, ada.id));
    const sessions = stage.part(one, SessionsService);
    await stage.tests.as(acme, () =>
      one.platform.contexts.transaction(() => sessions.end({ memberId: ada.id, only: ada.sessionId }, 'revoked')),
    );
    expect(await until(() => reader.isOver, 3_000)).toBeLessThan(1_000);
    expect(other.isOver).toBe(false);
    expect((await stage.stream(two, ada)).status).toBe(401);
  });

  it('end within a second after the member was disabled', async () => {
    const readers = [await stream(one, ada), await stream(two, ada)];
    const bystander = await stream(two, eve);
    await stage.sql.run(acme, `update member set status = 'disabled' where id = $1`, [ada.id]);
    await one.platform.accessChanges.changed(acme.id);
    expect(await until(() => readers.every(({ isOver }) => isOver), 3_000)).toBeLessThan(1_000);
    expect(bystander.isOver).toBe(false);
  });

  it('end within a second after the tenant was suspended', async () => {
    const tenant = await stage.tenant(tier);
    const member = await stage.people.signedIn(tenant, 'viewer');
    const readers = [await stream(one, member), await stream(two, member)];
    const bystander = await stream(two, eve);
    await stage.tests.provisioning.provisioner.setStatus(tenant.id, 'suspended');
    expect(await until(() => readers.every(({ isOver }) => isOver), 3_000)).toBeLessThan(1_000);
    expect(bystander.isOver).toBe(false);
  });

  it('end when a session comes to its end by itself', async () => {
    const streams = stage.streams(one);
    const limits = streams.limits;
    const member = await stage.people.signedIn(acme, 'viewer');
    const reader = await stream(one, member);
    await stage.sql.run(acme, 'update member_session set expires_at = now(), idle_expires_at = now() where id = $1', [member.sessionId]);
    await one.platform.accessChanges.changed(acme.id);
    await until(() => reader.isOver, limits.checkEveryMs + 5_000);
    expect(reader.isOver).toBe(true);
  });

  it('are so many for a member and no more, and end with their reader', async () => {
    const readers = await Promise.all(Array.from({ length: STREAM_LIMITS.perMember }, () => stream(one, ada)));
    expect((await stage.stream(one, ada)).status).toBe(429);
    await stream(one, eve);
    readers[0]?.close();
    const streams = stage.streams(one);
    await until(() => streams.open === STREAM_LIMITS.perMember, 5_000);
    await stream(one, ada);
    for (const reader of open.splice(0)) reader.close();
    await until(() => streams.open === 0, 5_000);
    expect((await one.app.inject({ method: 'HEAD', url: '/api/notifications/stream', headers: ada.bearer })).statusCode).toBe(200);
    await until(() => streams.open === 0, 5_000);
    expect(streams.open).toBe(0);
  });

  it('end when their process does, which does not wait for them', async () => {
    const three = await stage.api();
    const reader = await stream(three, ada);
    const begun = performance.now();
    await stage.closeApi(three);
    await until(() => reader.isOver, 2_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe('streams of notifications while Redis is away', () => {
  let stage: NotificationStage;
  let proxy: TcpProxy;
  let near: StageApi;
  let far: StageApi;
  const url = process.env['REDIS_URL'] ?? '';

  beforeAll(async () => {
    stage = await NotificationStage.open();
    proxy = await TcpProxy.to(url);
    [near, far] = [await stage.api(), await stage.api({ REDIS_URL: proxy.through(url) })];
  });
  afterAll(async () => {
    await stage.close();
    await proxy.close();
  });

  it.each([
    ['refuses connections', () => proxy.refuse()],
    [
      'says nothing any more',
      () => {
        proxy.silence();
        return Promise.resolve();
      },
    ],
  ])(
    'stay open, and show within seconds what was told meanwhile, when it %s',
    async (_name, disturb) => {
      const { acme, globex } = await stage.pair('row');
      const [ada, eve] = [await stage.people.signedIn(acme, 'viewer'), await stage.people.signedIn(globex, 'viewer')];
      const readers = [await stage.stream(far, ada), await stage.stream(far, eve)];
      await stage.tell(near, ada, 'before');
      await until(() => readers[0]?.titles.length === 1, 5_000);
      await disturb();
      await until(() => !stage.streams(far)['live'].isUp, 10_000);
      readers.push(await stage.stream(far, ada));
      await stage.tell(near, ada, 'during');
      await stage.tell(near, eve, 'for Eve');
      const { checkEveryMs } = stage.streams(far).limits;
      await until(() => readers.every(({ titles }) => titles.length > 0) && readers[0]?.titles.length === 2, checkEveryMs + 5_000);
      expect(readers.map(({ titles, isOver }) => [titles, isOver])).toEqual([
        [['before', 'during'], false],
        [['for Eve'], false],
        [['during'], false],
      ]);
      await proxy.pass();
      await until(() => stage.streams(far)['live'].isUp, 10_000);
      await stage.tell(near, ada, 'after');
      await until(() => readers[0]?.titles.length === 3, 3_000);
      expect(readers[0]?.titles).toEqual(['before', 'during', 'after']);
      for (const reader of readers) reader.close();
    },
    90_000,
  );
});
