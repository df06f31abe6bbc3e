import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TIERS } from '#testing/test-platform.js';
import type { TicketPage, TicketView } from './ticket.schemas.js';

type Headers = Readonly<Record<string, string>>;

const NOWHERE = '01980000-0000-7000-8000-000000000000';

describe.each(TIERS)('tickets in the %s tier', (tier) => {
  let stage: MemberStage;
  let acme: Tenant;
  let globex: Tenant;
  let ada: TestMember;
  let bob: TestMember;
  let eve: TestMember;

  beforeAll(async () => {
    stage = await MemberStage.open();
    ({ acme, globex } = await stage.tests.pair(tier));
    ada = await stage.people.signedIn(acme, 'admin');
    bob = await stage.people.signedIn(acme, 'member');
    eve = await stage.people.signedIn(globex, 'owner');
  });
  afterAll(() => stage.close());

  const post = (who: Headers, url: string, payload: object): Promise<LightMyRequestResponse> =>
    stage.ask('POST', url, { ...who, 'idempotency-key': randomUUID() }, payload);
  const open = async (input: object, who = ada): Promise<TicketView> => {
    const answer = await post(who.bearer, '/api/tickets', input);
    expect(shortOf(answer)).toEqual([201]);
    return answer.json<TicketView>();
  };
  const patch = (id: string, changes: object, who = ada, ifMatch = '*'): Promise<LightMyRequestResponse> =>
    stage.ask('PATCH', `/api/tickets/${id}`, { ...who.bearer, 'if-match': ifMatch }, changes);
  const list = async (query: string, who = ada): Promise<TicketPage> => {
    const answer = await stage.ask('GET', `/api/tickets?${query}`, who.bearer);
    expect(shortOf(answer)).toEqual([200]);
    return answer.json<TicketPage>();
  };
  const titles = async (query: string, who = ada): Promise<string[]> => (await list(query, who)).data.map(({ title }) => title);
  const actions = async (id: string): Promise<string[]> => {
    const rows = await stage.sql.run(acme, 'select action from audit_event where targets @> $1::jsonb order by seq', [
      JSON.stringify([{ id }]),
    ]);
    return rows.map(({ action }) => String(action));
  };

  it('says who opened one, and finds it again', async () => {
    const opened = await open({ title: 'Whose' }, bob);
    expect(opened).toMatchObject({ status: 'open', createdBy: { kind: 'member', id: bob.id }, assigneeId: null, version: 1 });
    const read = await stage.ask('GET', `/api/tickets/${opened.id}`, ada.bearer);
    expect(read.headers['etag']).toBe('"1"');
    expect(read.json()).toEqual(opened);
  });

  it('assigns to active members only, and only by those who may', async () => {
    const { id } = await open({ title: 'Assign' });
    const assign = (assigneeId: unknown, who = ada) => post(who.bearer, `/api/tickets/${id}/assign`, { assigneeId });
    expect((await assign(bob.id)).json()).toMatchObject({ assigneeId: bob.id, version: 2 });
    const invited = await stage.people.member(acme, { status: 'invited' });
    const disabled = await stage.people.member(acme, { status: 'disabled' });
    for (const nobody of [invited.id, disabled.id, eve.id, NOWHERE])
      expect(shortOf(await assign(nobody))).toEqual([422, 'tickets.assignee-unknown']);
    expect(shortOf(await assign('me'))).toEqual([422, 'validation.failed']);
    expect(shortOf(await assign(bob.id, bob))).toEqual([403, 'access.denied']);
    expect(shortOf(await patch(id, { assigneeId: ada.id }, bob))).toEqual([403, 'access.denied']);
    expect(shortOf(await patch(id, { assigneeId: bob.id, title: 'Same assignee' }, bob))).toEqual([200]);
    expect(shortOf(await patch(id, { assigneeId: NOWHERE }))).toEqual([422, 'tickets.assignee-unknown']);
    expect(shortOf(await post(bob.bearer, '/api/tickets', { title: 'For her', assigneeId: ada.id }))).toEqual([403, 'access.denied']);
    expect((await assign(null)).json()).toMatchObject({ assigneeId: null });
    expect(await actions(id)).toEqual(['ticket.opened', 'ticket.assigned', 'ticket.changed', 'ticket.assigned']);
  });

  it('completes once, opens again, and puts each turn on record', async () => {
    const { id } = await open({ title: 'Complete' });
    const complete = (headers: Headers = {}) => stage.ask('POST', `/api/tickets/${id}/complete`, { ...bob.bearer, ...headers });
    expect((await complete()).json()).toMatchObject({ status: 'completed', version: 2 });
    expect(shortOf(await complete())).toEqual([409, 'tickets.not-open']);
    expect(shortOf(await post(ada.bearer, `/api/tickets/${id}/assign`, { assigneeId: bob.id }))).toEqual([409, 'tickets.not-open']);
    expect(shortOf(await patch(id, { status: 'cancelled' }))).toEqual([409, 'tickets.not-open']);
    expect(shortOf(await patch(id, { assigneeId: bob.id }))).toEqual([409, 'tickets.not-open']);
    expect((await patch(id, { status: 'open', assigneeId: bob.id })).json()).toMatchObject({ status: 'open', assigneeId: bob.id });
    expect((await patch(id, { status: 'cancelled', assigneeId: null })).json()).toMatchObject({ status: 'cancelled', assigneeId: null });
    expect(await actions(id)).toEqual([
      ...['ticket.opened', 'ticket.completed', 'ticket.reopened', 'ticket.assigned', 'ticket.cancelled', 'ticket.assigned'],
    ]);
  });

  it('does what a key was sent with once, and takes no key too', async () => {
    const { id } = await open({ title: 'Once' });
    const key = { ...bob.bearer, 'idempotency-key': randomUUID() };
    const [first, again] = [
      await stage.ask('POST', `/api/tickets/${id}/complete`, key),
      await stage.ask('POST', `/api/tickets/${id}/complete`, key),
    ];
    expect([first.statusCode, again.statusCode]).toEqual([200, 200]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect(again.json()).toEqual(first.json());
    expect(again.headers['etag']).toBe('"2"');
  });

  it('lets those who mean whatever version there is wait for each other', async () => {
    const { id } = await open({ title: 'Whichever' });
    const changed = await Promise.all(['a', 'b', 'c', 'd'].map((title) => patch(id, { title })));
    expect(changed.map(shortOf)).toEqual([[200], [200], [200], [200]]);
    const completed = await Promise.all([1, 2, 3, 4].map(() => stage.ask('POST', `/api/tickets/${id}/complete`, bob.bearer)));
    expect(completed.map(shortOf).sort()).toEqual([[200], ...Array.from({ length: 3 }, () => [409, 'tickets.not-open'])]);
  });

  it('lets one of two writers through, and overwrites nothing', async () => {
    const { id } = await open({ title: 'Race' });
    const answers = await Promise.all(['one', 'two'].map((title) => patch(id, { title }, ada, '"1"')));
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 412]);
    const winner = answers.find(({ statusCode }) => statusCode === 200)!.json<TicketView>();
    expect((await stage.ask('GET', `/api/tickets/${id}`, ada.bearer)).json()).toEqual(winner);
    for (const [url, body] of [
      ['assign', { assigneeId: bob.id }],
      ['complete', {}],
    ] as const)
      expect(
        shortOf(
          await stage.ask('POST', `/api/tickets/${id}/${url}`, { ...ada.bearer, 'if-match': '"1"' }, url === 'assign' ? body : undefined),
        ),
      ).toEqual([412, 'precondition.failed']);
    expect(shortOf(await stage.ask('DELETE', `/api/tickets/${id}`, { ...ada.bearer, 'if-match': '"1"' }))).toEqual([
      412,
      'precondition.failed',
    ]);
    expect(shortOf(await stage.ask('DELETE', `/api/tickets/${id}`, { ...ada.bearer, 'if-match': '"2"' }))).toEqual([204]);
    expect((await actions(id)).at(-1)).toBe('ticket.deleted');
    expect(await stage.sql.run(acme, 'select 1 from ticket_term where ticket_id = $1', [id])).toEqual([]);
  });

  it('keeps a change or a deletion of one version, and says of no other that it was done', async () => {
    for (let round = 0; round < 12; round += 1) {
      const { id } = await open({ title: 'Race' });
      const [changed, deleted] = await Promise.all([
        patch(id, { title: 'changed' }, ada, '"1"'),
        stage.ask('DELETE', `/api/tickets/${id}`, { ...ada.bearer, 'if-match': '"1"' }),
      ]);
      const { statusCode } = await stage.ask('GET', `/api/tickets/${id}`, ada.bearer);
      const outcome = [changed.statusCode, deleted.statusCode, statusCode];
      expect([
        [200, 412, 200],
        [412, 204, 404],
        [404, 204, 404],
      ]).toContainEqual(outcome);
    }
  });

  it('filters by each property, pages without gaps in each order, and binds a cursor to what it was made for', async () => {
    const label = `batch ${randomUUID()}`;
    const made: TicketView[] = [];
    for (let n = 0; n < 12; n += 1)
      made.push(
        await open({
          title: `T${n}`,
          labels: [label, `n${n % 2}`],
          priority: n % 3 === 0 ? 'urgent' : 'low',
          assigneeId: n % 4 === 0 ? bob.id : null,
          ...(n % 2 === 0 && { dueAt: `2030-01-${String(20 - n).padStart(2, '0')}T00:00:00Z` }),
        }),
      );
    await patch(made[3]!.id, { status: 'in_progress' });
    await patch(made[5]!.id, { status: 'completed' });
    const of = `label=${encodeURIComponent(label)}`;
    const named = (...numbers: number[]): string[] => numbers.map((n) => `T${n}`);
    expect(await titles(of)).toEqual(named(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    expect(await titles(`${of}&status=in_progress,completed`)).toEqual(named(5, 3));
    expect(await titles(`${of}&priority=urgent`)).toEqual(named(9, 6, 3, 0));
    expect(await titles(`${of}&assigneeId=me`, bob)).toEqual(named(8, 4, 0));
    expect(await titles(`${of}&assigneeId=${bob.id}&priority=urgent`)).toEqual(named(0));
    expect(await titles(`${of}&assigneeId=none&status=open`)).toEqual(named(11, 10, 9, 7, 6, 2, 1));
    expect(await titles(`${of}&dueBefore=2030-01-15T00:00:00Z`)).toEqual(named(10, 8, 6));
    expect(await titles(`${of}&createdFrom=${made[4]!.createdAt}&createdTo=${made[6]!.createdAt}`)).toEqual(named(5, 4));
    expect(await titles(`${of}&sort=dueAt`)).toEqual([...named(10, 8, 6, 4, 2, 0), ...named(1, 3, 5, 7, 9, 11)]);
    expect((await titles(`${of}&sort=updatedAt`)).slice(0, 2)).toEqual(named(5, 3));
    expect(await titles(`createdFrom=${made[0]!.createdAt}&status=in_progress,completed`)).toEqual(named(5, 3));
    expect((await titles('assigneeId=none&limit=3')).length).toBe(3);

    for (const query of [
      of,
      `${of}&sort=dueAt`,
      `${of}&sort=updatedAt`,
      `${of}&q=t`,
      `status=open,in_progress,completed&createdFrom=${made[0]!.createdAt}`,
      `assigneeId=none&createdFrom=${made[0]!.createdAt}`,
      `dueBefore=2031-01-01T00:00:00Z&createdFrom=${made[0]!.createdAt}`,
      `sort=dueAt&createdFrom=${made[0]!.createdAt}`,
    ]) {
      const whole = await titles(`${query}&limit=100`);
      const paged: string[] = [];
      let cursor = '';
      for (let pages = 0; pages < 12; pages += 1) {
        const page = await list(`${query}&limit=5${cursor}`);
        paged.push(...page.data.map(({ title }) => title));
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      expect([query, paged]).toEqual([query, whole]);
      expect(whole.length).toBeGreaterThan(5);
    }
    const { nextCursor } = await list(`${of}&limit=5`);
    for (const other of ['', 'status=open&', `${of}&sort=dueAt&`, `${of}&q=t&`])
      expect(shortOf(await stage.ask('GET', `/api/tickets?${other}limit=5&cursor=${String(nextCursor)}`, ada.bearer))).toEqual([
        400,
        'cursor.invalid',
      ]);
    expect(shortOf(await stage.ask('GET', `/api/tickets?${of}&limit=5&cursor=${String(nextCursor)}`, eve.bearer))).toEqual([
      400,
      'cursor.invalid',
    ]);
    for (const wrong of [
      'status=done',
      'status=',
      'status=open,',
      'assigneeId=you',
      'priority=most',
      'sort=title',
      'dueBefore=soon',
      'q=%00',
      'label=',
    ])
      expect(shortOf(await stage.ask('GET', `/api/tickets?${wrong}`, ada.bearer))).toEqual([422, 'validation.failed']);
  });

  it('finds by the beginnings of all words, in any writing, and by no syntax', async () => {
    const mark = `m${randomUUID().replaceAll('-', '')}`;
    const first = await open({ title: `Printer jam ${mark}`, description: 'École; 会議室の予約. Don’t panic (again)!', labels: ['hot'] });
    const second = await open({ title: `Printing press ${mark}`, description: 'Привет, мир & more' });
    await post(eve.bearer, '/api/tickets', { title: `Printer of another ${mark}` });
    const found = (q: string, more = ''): Promise<string[]> => titles(`q=${encodeURIComponent(q)}${more}`);
    expect(await found(mark)).toEqual([second.title, first.title]);
    expect(await found(`${mark} print`)).toEqual([second.title, first.title]);
    expect(await found(`PRINTER ${mark.slice(0, 20)}`)).toEqual([first.title]);
    for (const q of [
      'ecole',
      'ÉCOLE',
      '会議',
      '予約',
      'panic again',
      'don’t',
      'a & | ! ( "',
      `') or 1=1 --`,
      '<->:*\\',
      '%',
      '_',
      '\u{1f600}',
    ])
      expect(shortOf(await stage.ask('GET', `/api/tickets?q=${encodeURIComponent(q)}`, ada.bearer))).toEqual([200]);
    for (const q of ['ecole', '会議 予約', 'again pan', '( jam | ! "']) expect(await found(`${q} ${mark}`)).toEqual([first.title]);
    expect(await found(`привет ${mark}`)).toEqual([second.title]);
    expect(await found(`${mark} nothing`)).toEqual([]);
    expect(await found(mark, '&label=hot')).toEqual([first.title]);
    expect(await found(mark, '&status=completed')).toEqual([]);
    expect(await found(mark, '&sort=dueAt')).toEqual(
      [first.title, second.title].sort((a, b) => (a === first.title ? -1 : 1) * (first.id < second.id ? 1 : -1) || a.localeCompare(b)),
    );

    expect(shortOf(await patch(first.id, { description: 'Nothing', labels: ['cold'] }))).toEqual([200]);
    expect(await found(`ecole ${mark}`)).toEqual([]);
    expect(await found(`nothing ${mark}`)).toEqual([first.title]);
    expect(await found(mark, '&label=hot')).toEqual([]);
    expect(await found(mark, '&label=cold')).toEqual([first.title]);
  });

  it('shows, in lists too, only what a right to single tickets leaves', async () => {
    const [hidden, shown] = [
      await open({ title: 'Hidden one', labels: ['rights'] }),
      await open({ title: 'Shown one', labels: ['rights'] }),
    ];
    const cy = await stage.people.signedIn(acme, 'member');
    const denied = await post((await stage.people.signedIn(acme, 'owner')).bearer, '/api/authz/overrides', {
      holder: { kind: 'member', id: cy.id },
      permission: 'tickets:read',
      effect: 'deny',
      resource: { kind: 'ticket', id: hidden.id },
      reason: 'spec',
    });
    if (denied.statusCode === 201) {
      expect(await titles('label=rights', cy)).toEqual([shown.title]);
      expect(await titles('q=one&label=rights', cy)).toEqual([shown.title]);
      expect(shortOf(await stage.ask('GET', `/api/tickets/${hidden.id}`, cy.bearer))[0]).toBe(403);
      expect(shortOf(await stage.ask('GET', `/api/tickets/${hidden.id}/comments`, cy.bearer))[0]).toBe(403);
    } else throw new Error(denied.body);
  });

  it('keeps comments, whose writers alone and moderators change them', async () => {
    const { id } = await open({ title: 'Talk' });
    const url = `/api/tickets/${id}/comments`;
    const written = await post(bob.bearer, url, { body: '  First <b>bold</b> ' });
    expect(shortOf(written)).toEqual([201]);
    const comment = written.json<{ id: string; version: number }>();
    expect(comment).toMatchObject({ body: 'First <b>bold</b>', createdBy: { kind: 'member', id: bob.id }, ticketId: id });
    for (const body of ['Second', 'Third']) await post(ada.bearer, url, { body });
    const dan = await stage.people.signedIn(acme, 'member');
    const change = (who: TestMember, ifMatch = '*') =>
      stage.ask('PATCH', `${url}/${comment.id}`, { ...who.bearer, 'if-match': ifMatch }, { body: 'Mine' });
    expect(shortOf(await change(dan))).toEqual([403, 'access.denied']);
    expect(shortOf(await change(bob, '"9"'))).toEqual([412, 'precondition.failed']);
    expect((await change(bob)).json()).toMatchObject({ body: 'Mine', version: 2 });
    const page = (await stage.ask('GET', `${url}?limit=2`, dan.bearer)).json<{ data: { body: string }[]; nextCursor: string }>();
    expect(page.data.map(({ body }) => body)).toEqual(['Mine', 'Second']);
    const rest = (await stage.ask('GET', `${url}?limit=2&cursor=${page.nextCursor}`, dan.bearer)).json<{ data: { body: string }[] }>();
    expect(rest).toMatchObject({ data: [{ body: 'Third' }], nextCursor: null });
    expect(shortOf(await stage.ask('DELETE', `${url}/${comment.id}`, { ...dan.bearer, 'if-match': '*' }))).toEqual([403, 'access.denied']);
    expect(shortOf(await stage.ask('DELETE', `${url}/${comment.id}`, { ...ada.bearer, 'if-match': '*' }))).toEqual([204]);
    expect(shortOf(await change(bob))).toEqual([404, 'tickets.comment-not-found']);
    for (const body of ['', '   ', 'x'.repeat(10_001), 'a\0b', 7])
      expect(shortOf(await post(bob.bearer, url, { body }))).toEqual([422, 'validation.failed']);
    expect(await actions(comment.id)).toEqual(['comment.written', 'comment.changed', 'comment.deleted']);
  });

  it('knows nothing of another tenant’s ids, whatever is asked of them', async () => {
    const { id } = await open({ title: 'Ours' });
    const comment = (await post(ada.bearer, `/api/tickets/${id}/comments`, { body: 'Ours' })).json<{ id: string }>();
    const theirs = (await post(eve.bearer, '/api/tickets', { title: 'Theirs' })).json<{ id: string }>();
    const at = { ...eve.bearer, 'if-match': '*' };
    const asked: [string, string, object?][] = [
      ['GET', ''],
      ['PATCH', '', { title: 'Mine' }],
      ['DELETE', ''],
      ['POST', '/assign', { assigneeId: eve.id }],
      ['POST', '/complete'],
      ['GET', '/comments'],
      ['POST', '/comments', { body: 'x' }],
      ['PATCH', `/comments/${comment.id}`, { body: 'x' }],
      ['DELETE', `/comments/${comment.id}`],
      ['GET', '/attachments'],
      ['GET', `/attachments/${comment.id}`],
      ['DELETE', `/attachments/${comment.id}`],
    ];
    for (const [method, path, body] of asked) {
      const ask = (of: string) => stage.ask(method as 'GET', `/api/tickets/${of}${path}`, { ...at, 'idempotency-key': randomUUID() }, body);
      const [ours, none] = [await ask(id), await ask(NOWHERE)];
      expect([method, path, ...shortOf(ours)]).toEqual([method, path, 404, 'tickets.not-found']);
      expect(ours.json()).toEqual({
        ...none.json<object>(),
        instance: ours.json<{ instance: string }>().instance,
        requestId: expect.any(String) as string,
      });
    }
    for (const [method, body] of [
      ['PATCH', { body: 'x' }],
      ['DELETE', undefined],
    ] as const)
      expect(shortOf(await stage.ask(method, `/api/tickets/${theirs.id}/comments/${comment.id}`, at, body))).toEqual([
        404,
        'tickets.comment-not-found',
      ]);
    expect((await stage.ask('GET', `/api/tickets/${id}`, ada.bearer)).json()).toMatchObject({ title: 'Ours', version: 1 });
  });

  it('answers odd input with what is wrong about it', async () => {
    const refused = async (payload: object | string, expected: unknown): Promise<void> => {
      const answer = await stage.app.inject({
        method: 'POST',
        url: '/api/tickets',
        headers: { ...ada.bearer, 'idempotency-key': randomUUID(), 'content-type': 'application/json' },
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      });
      expect(shortOf(answer)).toEqual(expected);
    };
    await refused({ title: 'a\0b' }, [422, 'validation.failed']);
    await refused('{"title":"\\ud800"}', [400, 'body.malformed']);
    await refused({ title: 'x', labels: Array.from({ length: 21 }, String) }, [422, 'validation.failed']);
    await refused({ title: 'x', labels: Array.from({ length: 200_000 }, () => 'l') }, [422, 'validation.failed']);
    await refused(`{"title":"x","labels":[${'"l",'.repeat(1_000_000)}"l"]}`, [413, 'body.too-large']);
    await refused({ title: 'x', description: 'd'.repeat(20_001) }, [422, 'validation.failed']);
    const odd = await open({
      title: '\u202Eeltit',
      description: Array.from({ length: 3_000 }, (_, n) => n.toString(36).padStart(5, 'w')).join(' '),
      labels: [`"quoted", {and} \\`, 'NULL', '#', '\u202E', 'a,b'],
    });
    expect(await titles(`label=${encodeURIComponent('a,b')}`)).toEqual([odd.title]);
    expect(odd.labels).toEqual([`"quoted", {and} \\`, 'NULL', '#', '\u202E', 'a,b']);
    expect(await titles(`label=${encodeURIComponent(odd.labels[0]!)}`)).toEqual([odd.title]);
    expect(shortOf(await stage.ask('GET', `/api/tickets?q=${'a'.repeat(201)}`, ada.bearer))).toEqual([422, 'validation.failed']);
  });
});
