import { randomUUIDv7 } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { NotificationStage, noticeFor, type StageApi } from '#testing/notifications/notification-stage.js';
import { TIERS } from '#testing/test-platform.js';
import type { Notice } from './notice.js';
import type { NotificationPage } from './notification.schemas.js';
import { Notifier } from './notifier.js';
import { TrimNotifications } from './trim-notifications.job.js';

describe.each(TIERS)('notifications of tenants on the %s tier', (tier) => {
  let stage: NotificationStage;
  let api: StageApi;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;
  let bob: TestMember;
  let eve: TestMember;

  beforeAll(async () => {
    stage = await NotificationStage.open();
    api = await stage.api();
    ({ acme, globex } = await stage.pair(tier));
    [ada, bob, eve] = [
      await stage.people.signedIn(acme, 'member'),
      await stage.people.signedIn(acme, 'viewer'),
      await stage.people.signedIn(globex, 'owner'),
    ];
  });
  afterAll(() => stage.close());

  const ask = (method: 'GET' | 'PATCH' | 'PUT', url: string, headers: Record<string, string>, payload?: object) =>
    api.app.inject({ method, url: `/api/notifications${url}`, headers, ...(payload && { payload }) });
  const list = async (member: TestMember, query = ''): Promise<NotificationPage> =>
    (await ask('GET', query, member.bearer)).json<NotificationPage>();
  const titles = async (member: TestMember, query = ''): Promise<string[]> => (await list(member, query)).data.map(({ title }) => title);
  const unread = async (member: TestMember): Promise<number> =>
    (await ask('GET', '/unread-count', member.bearer)).json<{ count: number }>().count;
  const put = (tenant: Tenant, ...notices: Notice[]) =>
    stage.tests.as(tenant, () => api.platform.contexts.transaction(() => stage.part(api, Notifier).tell(notices)));

  it('shows each member their own, newest first, page by page', async () => {
    const [reader, other] = [await stage.people.signedIn(acme, 'viewer'), await stage.people.signedIn(acme, 'viewer')];
    await stage.tell(api, reader, 'one', 'two', 'three');
    await stage.tell(api, other, 'not yours');
    const first = await list(reader, '?limit=2');
    expect(first.data.map(({ title }) => title)).toEqual(['three', 'two']);
    expect(await titles(reader, `?limit=2&cursor=${first.nextCursor ?? ''}`)).toEqual(['one']);
    expect(shortOf(await ask('GET', `?limit=2&cursor=${first.nextCursor ?? ''}`, other.bearer))).toEqual([400, 'cursor.invalid']);
    expect(await unread(reader)).toBe(3);
  });

  it('marks one as read once, and lists by it', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    await stage.tell(api, reader, 'one', 'two');
    const [two] = (await list(reader)).data;
    const read = await ask('PATCH', `/${two?.id ?? ''}/read`, reader.bearer);
    const again = await ask('PATCH', `/${two?.id ?? ''}/read`, reader.bearer);
    expect([read.statusCode, again.json()]).toEqual([200, read.json()]);
    expect([await titles(reader, '?unread=true'), await titles(reader, '?unread=false'), await unread(reader)]).toEqual([
      ['one'],
      ['two'],
      1,
    ]);
  });

  it('knows nothing of another member’s or another tenant’s', async () => {
    await stage.tell(api, ada, 'for Ada');
    const id = (await list(ada)).data[0]?.id ?? '';
    for (const stranger of [bob, eve]) {
      expect(shortOf(await ask('PATCH', `/${id}/read`, stranger.bearer))).toEqual([404, 'notifications.not-found']);
      expect(shortOf(await ask('PATCH', '/read-all', stranger.bearer, { before: id }))).toEqual([404, 'notifications.not-found']);
      expect(await titles(stranger)).not.toContain('for Ada');
    }
    expect(shortOf(await ask('GET', '', { ...ada.bearer, host: `${globex.slug}.localhost` }))).toEqual([401, 'access.unauthenticated']);
    expect(await unread(ada)).toBeGreaterThan(0);
  });

  it('has none for machines', async () => {
    const headers = { host: `${acme.slug}.localhost`, 'x-api-key': await stage.tests.apiKey(acme) };
    for (const [method, url] of [
      ['GET', ''],
      ['GET', '/unread-count'],
      ['GET', '/stream'],
      ['GET', '/preferences'],
      ['PATCH', '/read-all'],
    ] as const)
      expect([url, ...shortOf(await ask(method, url, headers))]).toEqual([url, 403, 'auth.members-only']);
  });

  it('makes one of a notice that is told again and again, also at once', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    const notice = noticeFor(reader.id, { title: 'once', dedupeKey: 'the same' });
    await Promise.all(Array.from({ length: 8 }, () => put(acme, notice)));
    expect(await titles(reader)).toEqual(['once']);
    const mails = await stage.sql.run(acme, 'select state from mail_delivery where member_id = $1', [reader.id]);
    expect(mails).toHaveLength(1);
  });

  it('keeps nothing of a job that did not come to its end, and all of its next try', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    const notice = noticeFor(reader.id, { title: 'kept', dedupeKey: 'kept' });
    const killed = stage.tests.as(acme, () =>
      api.platform.contexts.transaction(async () => {
        await stage.part(api, Notifier).tell([notice]);
        throw new Error('the worker is gone');
      }),
    );
    await expect(killed).rejects.toThrow('the worker is gone');
    expect(await titles(reader)).toEqual([]);
    await put(acme, notice);
    expect(await titles(reader)).toEqual(['kept']);
  });

  it('gives one member’s notifications times that are all different and in the order of the commits', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    for (let round = 0; round < 5; round += 1)
      await Promise.all(Array.from({ length: 6 }, (_, n) => stage.tell(api, reader, `${round}.${n}`, `${round}.${n}+`)));
    const times = (await list(reader, '?limit=100')).data.map(({ createdAt }) => createdAt);
    expect(times).toHaveLength(60);
    expect(new Set(times).size).toBe(60);
  });

  it('marks all as read up to the one that was seen, and none that came after it', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    await stage.tell(api, reader, 'one', 'two');
    const [seen] = (await list(reader)).data;
    await stage.tell(api, reader, 'three');
    expect((await ask('PATCH', '/read-all', reader.bearer, { before: seen?.createdAt })).json()).toEqual({ count: 2 });
    expect(await titles(reader, '?unread=true')).toEqual(['three']);
    await stage.tell(api, reader, 'four');
    const [, three] = (await list(reader)).data;
    expect((await ask('PATCH', '/read-all', reader.bearer, { before: three?.id })).json()).toEqual({ count: 1 });
    expect((await ask('PATCH', '/read-all', reader.bearer)).json()).toEqual({ count: 1 });
    expect(await unread(reader)).toBe(0);
  });

  it('never marks one as read that nobody can have seen, while both happen at once', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    for (let round = 0; round < 15; round += 1) {
      const before = (await list(reader)).data[0]?.createdAt;
      const newer = stage.tell(api, reader, `${round} newer`);
      const [, answer] = await Promise.all([
        newer,
        ask('PATCH', '/read-all', reader.bearer, before === undefined ? { before: new Date(0).toISOString() } : { before }),
      ]);
      expect(answer.statusCode).toBe(200);
      expect(await titles(reader, '?unread=true')).toEqual([`${round} newer`]);
    }
  });

  it('refuses what makes no sense', async () => {
    for (const [method, url, body] of [
      ['GET', '?limit=0', undefined],
      ['GET', '?unread=maybe', undefined],
      ['GET', '?other=1', undefined],
      ['PATCH', '/read-all', { before: 'yesterday' }],
      ['PUT', '/preferences', { preferences: [{ category: 'security', channel: 'mail', enabled: false }] }],
      [
        'PUT',
        '/preferences',
        {
          preferences: [
            { channel: 'mail', enabled: false },
            { channel: 'mail', enabled: true },
          ],
        },
      ],
      ['PUT', '/preferences', { preferences: [{ channel: 'pigeon', enabled: false }] }],
    ] as const)
      expect([url, ...shortOf(await ask(method, url, ada.bearer, body))]).toEqual([url, 422, 'validation.failed']);
    expect(shortOf(await ask('PATCH', '/nonsense/read', ada.bearer))).toEqual([404, 'route.unknown']);
  });

  it('heeds what members want, then what the tenant does; what is critical is told all the same', async () => {
    const [reader, admin] = [await stage.people.signedIn(globex, 'viewer'), await stage.people.signedIn(globex, 'admin')];
    expect(shortOf(await ask('PUT', '/preferences/defaults', reader.bearer, { preferences: [] }))).toEqual([403, 'access.denied']);
    const off = { preferences: [{ channel: 'inbox', enabled: false }] };
    expect((await ask('PUT', '/preferences/defaults', admin.bearer, off)).statusCode).toBe(200);
    await stage.tell(api, reader, 'muted by the tenant');
    const wanted = { preferences: [{ category: 'comments', channel: 'inbox', enabled: true }] };
    const answer = await ask('PUT', '/preferences', reader.bearer, wanted);
    expect(answer.json()).toMatchObject({
      ...wanted,
      effective: expect.arrayContaining([{ category: 'comments', channel: 'inbox', enabled: true, source: 'member-category' }]),
    });
    await stage.tell(api, reader, 'wanted');
    await put(
      globex,
      noticeFor(reader.id, { title: 'of another category', category: 'assignments' }),
      noticeFor(reader.id, { title: 'critical', category: 'security' }),
    );
    expect(await titles(reader)).toEqual(['critical', 'wanted']);
    expect((await ask('GET', '/preferences', ada.bearer)).json<{ preferences: [] }>().preferences).toEqual([]);
    await ask('PUT', '/preferences/defaults', admin.bearer, { preferences: [] });
  });

  it('tells nobody who is not there any more', async () => {
    const [gone, invited] = [
      await stage.people.member(acme, { status: 'disabled' }),
      await stage.people.member(acme, { status: 'invited' }),
    ];
    await put(acme, noticeFor(gone.id), noticeFor(invited.id), noticeFor(randomUUIDv7()), noticeFor(eve.id));
    const rows = await stage.sql.run(acme, 'select id from notification where member_id = any($1)', [[gone.id, invited.id, eve.id]]);
    expect(rows).toEqual([]);
    expect(await titles(eve)).toEqual([]);
  });

  it('forgets what is ninety days old', async () => {
    const reader = await stage.people.signedIn(acme, 'viewer');
    await stage.tell(api, reader, 'old');
    await stage.sql.run(acme, `update notification set created_at = now() - interval '91 days' where member_id = $1`, [reader.id]);
    await stage.tell(api, reader, 'new');
    await stage.tests.as(acme, () =>
      WorkOrigin.run({ ...WorkOrigin.current() }, () =>
        stage.part(api, TrimNotifications).handle({}, { signal: new AbortController().signal }),
      ),
    );
    expect(await titles(reader)).toEqual(['new']);
  });
});
