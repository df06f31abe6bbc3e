import { randomUUID } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import { TenantRecord } from '#catalog/tenants/tenant.record.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { createHttpApp } from '#main/http/http-app.js';
import { TICKET_PERMISSIONS } from '#plugins/tickets/ticket.permissions.js';
import { atDatabase, identifier, withSession } from '#adapters/postgres/session.js';
import { redisUrl } from '#adapters/redis/redis.fixture.js';
import { RedisProxy } from '#adapters/redis/redis-proxy.fixture.js';
import { until } from '#testing/faults/until.js';
import { MemberStage, shortOf } from '#testing/member-stage.js';
import type { TestMember } from '#testing/members.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

type Headers = Record<string, string>;

const A_SECOND = 1_000;

describe('access over HTTP', () => {
  let stage: MemberStage;

  beforeAll(async () => {
    stage = await MemberStage.open();
  }, 120_000);

  afterAll(() => stage.close());

  const get = (who: { bearer: Headers }, url: string): Promise<LightMyRequestResponse> => stage.ask('GET', url, who.bearer);
  const post = (who: { bearer: Headers }, url: string, body: object): Promise<LightMyRequestResponse> =>
    stage.ask('POST', url, { ...who.bearer, 'idempotency-key': randomUUID() }, body);
  const patch = (who: { bearer: Headers }, url: string, body: object): Promise<LightMyRequestResponse> =>
    stage.ask('PATCH', url, { ...who.bearer, 'if-match': '*' }, body);
  const remove = (who: { bearer: Headers }, url: string): Promise<LightMyRequestResponse> =>
    stage.ask('DELETE', url, { ...who.bearer, 'if-match': '*' });
  const machine = (tenant: Tenant, key: string): { bearer: Headers } => ({
    bearer: { host: `${tenant.slug}.localhost`, 'x-api-key': key },
  });
  const ticketBy = async (who: { bearer: Headers }): Promise<string> => (await post(who, '/api/tickets', { title: 't' })).json().id;
  const give = async (who: TestMember, holder: { kind: string; id: string }, rest: object): Promise<LightMyRequestResponse> =>
    post(who, '/api/authz/overrides', { holder, reason: 'a spec', ...rest });

  /** Fails every commit of the tenant in which one of these is put on record, and of nobody else. */
  const refusingCommits = async (tenant: Tenant, actions: readonly string[]): Promise<{ end: () => Promise<unknown> }> => {
    const { provisionUrl } = stage.tests.platform.clusters.find(({ name }) => name === tenant.placement.cluster)!;
    const table = `${identifier(tenant.placement.schema)}.audit_event`;
    const name = identifier(`refuse_${tenant.id}`);
    const run = (text: string): Promise<unknown> =>
      withSession(atDatabase(String(provisionUrl), tenant.placement.database), (session) => session.query(text));
    await run(`create function public.${name}() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
      grant execute on function public.${name}() to public;
      create constraint trigger ${name} after insert on ${table} deferrable initially deferred for each row
        when (new.tenant_id = '${tenant.id}' and new.action in (${actions.map((action) => `'${action}'`).join(', ')}))
        execute function public.${name}()`);
    return { end: () => run(`drop trigger ${name} on ${table}; drop function public.${name}()`) };
  };

  describe.each(TIERS)('%s', (tier) => {
    let acme: Tenant;
    let globex: Tenant;
    let owner: TestMember;

    beforeAll(async () => {
      ({ acme, globex } = await stage.tests.pair(tier));
      owner = await stage.people.signedIn(acme, 'owner');
    }, 120_000);

    it('allows each role what it has, and no more', async () => {
      const seen = await Promise.all(
        ['viewer', 'member', 'admin', 'owner'].map(async (role) => {
          const who = await stage.people.signedIn(acme, role);
          const id = await ticketBy(owner);
          const answers = [
            await get(who, '/api/tickets'),
            await post(who, '/api/tickets', { title: 't' }),
            await remove(who, `/api/tickets/${id}`),
          ];
          return answers.map(shortOf);
        }),
      );
      const denied = [403, 'access.denied'];
      expect(seen).toEqual([
        [[200], denied, denied],
        [[200], [201], denied],
        [[200], [201], [204]],
        [[200], [201], [204]],
      ]);
    });

    it('refuses a member of another tenant, and knows nothing of them', async () => {
      const stranger = await stage.people.signedIn(globex, 'owner');
      const lost = { bearer: { ...stranger.bearer, host: owner.bearer['host']! } };
      expect(shortOf(await get(lost, '/api/tickets'))).toEqual([401, 'access.unauthenticated']);
      const theirs = await ticketBy(stranger);
      expect(shortOf(await get(owner, `/api/tickets/${theirs}`))).toEqual([404, 'tickets.not-found']);
    });

    it('gives and takes a right to one thing', async () => {
      const [one, other] = [await ticketBy(owner), await ticketBy(owner)];
      const who = await stage.people.signedIn(acme, 'member');
      const holder = { kind: 'member', id: who.id };
      expect(shortOf(await remove(who, `/api/tickets/${one}`))).toEqual([403, 'access.denied']);
      expect(
        (await give(owner, holder, { permission: 'tickets:delete', effect: 'allow', resource: { kind: 'ticket', id: one } })).statusCode,
      ).toBe(201);
      expect(
        (await give(owner, holder, { permission: 'tickets:read', effect: 'deny', resource: { kind: 'ticket', id: other } })).statusCode,
      ).toBe(201);
      expect(shortOf(await remove(who, `/api/tickets/${one}`))).toEqual([204]);
      expect(shortOf(await remove(who, `/api/tickets/${other}`))).toEqual([403, 'access.denied']);
      expect(shortOf(await get(who, `/api/tickets/${other}`))).toEqual([403, 'access.denied']);
      expect(shortOf(await get(who, `/api/tickets/${other.toUpperCase()}`))).toEqual([403, 'access.denied']);
      expect(shortOf(await get(owner, `/api/tickets/${other}`))).toEqual([200]);
    });

    it('says which things of a kind somebody may, with one statement of its own at most', async () => {
      const ids = [await ticketBy(owner), await ticketBy(owner), await ticketBy(owner)];
      const who = await stage.people.signedIn(acme, 'member');
      for (const id of ids.slice(0, 2))
        await give(
          owner,
          { kind: 'member', id: who.id },
          { permission: 'tickets:delete', effect: 'allow', resource: { kind: 'ticket', id } },
        );
      await give(
        owner,
        { kind: 'member', id: who.id },
        { permission: 'tickets:read', effect: 'deny', resource: { kind: 'ticket', id: ids[2]! } },
      );
      const principal = { kind: 'member', id: who.id, tenantId: acme.id, sessionId: who.sessionId } as const;
      const seen = (permission: (typeof TICKET_PERMISSIONS)[keyof typeof TICKET_PERMISSIONS]): Promise<unknown> =>
        stage.tests.as(acme, () =>
          WorkOrigin.run({ ...WorkOrigin.current(), surface: 'http', principal }, () =>
            stage.tests.platform.access.visible(permission, 'ticket'),
          ),
        );
      expect(await seen(TICKET_PERMISSIONS.read)).toEqual({ all: true, except: [ids[2]], only: [] });
      const { only, ...rest } = (await seen(TICKET_PERMISSIONS.delete)) as { only: string[] };
      expect(rest).toEqual({ all: false, except: [] });
      expect(only.toSorted()).toEqual(ids.slice(0, 2).toSorted());
      expect(await seen(TICKET_PERMISSIONS.assign)).toEqual({ all: false, except: [], only: [] });
    });

    it('bounds a key by what it was made for and by what its maker may now', async () => {
      const maker = await stage.people.signedIn(acme, 'admin');
      expect(shortOf(await post(maker, '/api/api-keys', { name: 'k', permissions: ['company:cancel'] }))).toEqual([
        403,
        'access.beyond-own-rights',
      ]);
      const made = (await post(maker, '/api/api-keys', { name: 'k', permissions: ['tickets:read', 'tickets:delete'] })).json();
      expect(made).toMatchObject({
        key: expect.stringMatching(/^tnk_/),
        permissions: ['tickets:read', 'tickets:delete'],
        createdBy: maker.id,
      });
      const key = machine(acme, made.key);
      const id = await ticketBy(owner);
      const ask = async (): Promise<unknown[]> => [
        shortOf(await get(key, '/api/tickets')),
        shortOf(await post(key, '/api/tickets', { title: 't' })),
        shortOf(await remove(key, `/api/tickets/${id}`)),
      ];
      const denied = [403, 'access.denied'];
      expect((await ask()).slice(0, 2)).toEqual([[200], denied]);
      expect(shortOf(await patch(owner, `/api/users/${maker.id}`, { role: 'viewer' }))).toEqual([200]);
      expect(await ask()).toEqual([[200], denied, denied]);
      expect(shortOf(await patch(owner, `/api/users/${maker.id}`, { status: 'disabled' }))).toEqual([200]);
      expect(await ask()).toEqual([denied, denied, denied]);
      const listed = (await get(owner, '/api/api-keys')).json().data;
      expect(listed.map((found: { id: string }) => found.id)).toContain(made.id);
      expect(JSON.stringify(listed)).not.toContain(made.key);
      expect(shortOf(await remove(owner, `/api/api-keys/${made.id}`))).toEqual([204]);
      expect(shortOf(await get(key, '/api/tickets'))).toEqual([401, 'access.unauthenticated']);
      expect(shortOf(await remove(owner, `/api/api-keys/${made.id}`))).toEqual([404, 'access.key-not-found']);
    });

    it('leaves no key behind when what says so is not kept, and revokes none that is not on record', async () => {
      const listed = async (): Promise<{ id: string; name: string }[]> => (await get(owner, '/api/api-keys')).json().data;
      const { id, key } = (await post(owner, '/api/api-keys', { name: 'kept' })).json();
      const before = await listed();
      const asked = machine(acme, key);
      const refusing = await refusingCommits(acme, ['api-key.created', 'api-key.revoked']);
      try {
        expect((await post(owner, '/api/api-keys', { name: 'lost' })).statusCode).toBeGreaterThanOrEqual(500);
        expect(await listed()).toEqual(before);
        expect((await remove(owner, `/api/api-keys/${id}`)).statusCode).toBeGreaterThanOrEqual(500);
        expect(shortOf(await get(asked, '/api/tickets'))).toEqual([200]);
      } finally {
        await refusing.end();
      }
      const theirs = await stage.people.signedIn(globex, 'owner');
      expect((await post(theirs, '/api/api-keys', { name: 'unconcerned' })).statusCode).toBe(201);
      expect(shortOf(await remove(owner, `/api/api-keys/${id}`))).toEqual([204]);
      expect(shortOf(await get(asked, '/api/tickets'))).toEqual([401, 'access.unauthenticated']);
      expect(
        await stage.sql.run(acme, `select action from audit_event where action like 'api-key.%' and targets::text like '%' || $1 || '%'`, [
          id,
        ]),
      ).toEqual([{ action: 'api-key.created' }, { action: 'api-key.revoked' }]);
    });

    it('refuses an owner nothing, by what was refused to them before or to another role of theirs', async () => {
      const who = await stage.people.signedIn(acme, 'member');
      const deny = { permission: 'tickets:read', effect: 'deny' };
      expect((await give(owner, { kind: 'member', id: who.id }, deny)).statusCode).toBe(201);
      // A starter has no roles of its own.
      const other = tier === 'row' ? 'viewer' : `kept-${tier}`;
      if (tier !== 'row') {
        expect((await post(owner, '/api/roles', { key: other, name: 'Kept', permissions: ['tickets:read'] })).statusCode).toBe(201);
        expect((await give(owner, { kind: 'role', id: other }, deny)).statusCode).toBe(201);
      }
      expect(shortOf(await get(who, '/api/tickets'))).toEqual([403, 'access.denied']);
      expect(shortOf(await patch(owner, `/api/users/${who.id}`, { roles: ['owner', other] }))).toEqual([200]);
      expect(shortOf(await get(who, '/api/tickets'))).toEqual([200]);
      expect(shortOf(await patch(owner, `/api/users/${who.id}`, { roles: [other] }))).toEqual([200]);
      expect(shortOf(await get(who, '/api/tickets'))).toEqual([403, 'access.denied']);
    });

    it('makes no key of another tenant visible or revocable', async () => {
      const stranger = await stage.people.signedIn(globex, 'owner');
      const theirs = (await post(stranger, '/api/api-keys', { name: 'theirs' })).json();
      expect((await get(owner, '/api/api-keys')).body).not.toContain(theirs.id);
      expect(shortOf(await remove(owner, `/api/api-keys/${theirs.id}`))).toEqual([404, 'access.key-not-found']);
      expect(shortOf(await get(machine(globex, theirs.key), '/api/tickets'))).toEqual([200]);
    });

    it('keeps from an operator’s key what needs a person', async () => {
      const key = machine(acme, await stage.tests.apiKey(acme));
      expect(shortOf(await post(key, '/api/tickets', { title: 't' }))).toEqual([201]);
      expect(shortOf(await remove(key, '/api/companies/me'))).toEqual([403, 'access.denied']);
    });

    it('answers what one may, and why, by the same decision', async () => {
      const who = await stage.people.signedIn(acme, 'member');
      const checks = [
        { permission: 'tickets:read' },
        { permission: 'tickets:delete' },
        { permission: 'tickets:delete', resource: { kind: 'ticket', id: randomUUID() } },
      ];
      const { results } = (await stage.ask('POST', '/api/authz/check', who.bearer, { checks })).json();
      expect(results.map(({ allow, rule }: { allow: boolean; rule: string }) => [allow, rule])).toEqual([
        [true, 'role'],
        [false, 'default'],
        [false, 'default'],
      ]);
      const about = `/api/authz/explain?permission=tickets:delete&member=${who.id}`;
      expect(shortOf(await get(await stage.people.signedIn(acme, 'member'), about))).toEqual([403, 'access.denied']);
      expect((await get(owner, about)).json()).toMatchObject({ allow: false, rule: 'default', member: who.id });
      const own = (await get(who, '/api/authz/explain?permission=tickets:read')).json();
      expect(own).toMatchObject({ allow: true, rule: 'role', member: who.id });
      expect(own.steps.at(-1)).toEqual({ rule: 'role', outcome: 'allowed' });
      expect(shortOf(await get(who, '/api/authz/explain?permission=no:such'))).toEqual([422, 'access.permission-unknown']);
    });

    it('puts refusals of a high risk on record, without being flooded', async () => {
      const who = await stage.people.signedIn(acme, 'viewer');
      const id = await ticketBy(owner);
      for (let time = 0; time < 4; time += 1) await remove(who, `/api/tickets/${id}`);
      await post(who, '/api/tickets', { title: 'low risk' });
      const recorded = async (): Promise<unknown[]> =>
        await stage.sql.run(
          acme,
          `select details, outcome from audit_event where action = 'access.denied' and actor::text like '%' || $1 || '%'`,
          [who.id],
        );
      await until(async () => (await recorded()).length > 0, 5_000);
      expect(await recorded()).toEqual([{ details: { permission: 'tickets:delete', rule: 'default' }, outcome: 'denied' }]);
    });

    it('refuses on another process within a second what was taken away on this one', async () => {
      const elsewhere = await TestPlatform.open();
      const app = await createHttpApp(elsewhere.platform);
      try {
        const who = await stage.people.signedIn(acme, 'member');
        const made = (await post(owner, '/api/api-keys', { name: 'elsewhere', permissions: ['tickets:read'] })).json();
        const ask = async (headers: Headers, method: 'GET' | 'POST' = 'GET'): Promise<number> =>
          (
            await app.inject({
              method,
              url: '/api/tickets',
              headers: { ...headers, 'idempotency-key': randomUUID() },
              ...(method === 'POST' && { payload: { title: 't' } }),
            })
          ).statusCode;
        const key = machine(acme, made.key).bearer;
        expect([await ask(who.bearer), await ask(who.bearer, 'POST'), await ask(key)]).toEqual([200, 201, 200]);
        await patch(owner, `/api/users/${who.id}`, { role: 'viewer' });
        expect(await until(async () => (await ask(who.bearer, 'POST')) === 403, 10 * A_SECOND)).toBeLessThan(A_SECOND);
        await patch(owner, `/api/users/${who.id}`, { status: 'disabled' });
        expect(await until(async () => (await ask(who.bearer)) === 401, 10 * A_SECOND)).toBeLessThan(A_SECOND);
        await remove(owner, `/api/api-keys/${made.id}`);
        expect(await until(async () => (await ask(key)) === 401, 10 * A_SECOND)).toBeLessThan(A_SECOND);
      } finally {
        await app.close();
        await elsewhere.close();
      }
    }, 60_000);
  });

  describe('without Redis', () => {
    it('takes away within the two seconds that anything is believed', async () => {
      const { acme } = await stage.tests.pair('row');
      const proxy = await RedisProxy.to(redisUrl(process.env));
      const cutOff = await TestPlatform.open({ REDIS_URL: proxy.url });
      const app = await createHttpApp(cutOff.platform);
      try {
        const [owner, who] = [await stage.people.signedIn(acme, 'owner'), await stage.people.signedIn(acme, 'member')];
        const ask = async (): Promise<number> => (await app.inject({ url: '/api/tickets', headers: who.bearer })).statusCode;
        await until(async () => (await ask()) === 200, 10 * A_SECOND);
        proxy.cut();
        await patch(owner, `/api/users/${who.id}`, { status: 'disabled' });
        expect(await until(async () => (await ask()) === 401, 20 * A_SECOND)).toBeLessThan(4 * A_SECOND);
      } finally {
        await app.close();
        await cutOff.close();
        proxy.close();
      }
    }, 90_000);
  });

  it('decides the same for a request and for a job, a thousand times', async () => {
    const { acme, globex } = await stage.tests.pair('row');
    const { access, permissions } = stage.tests.platform;
    const owner = await stage.people.signedIn(acme, 'owner');
    const names = permissions.all.map(({ name }) => name);
    const ids = Array.from({ length: 5 }, () => randomUUID());
    const pick = <T>(from: readonly T[]): T => from[Math.floor(Math.random() * from.length)]!;
    const outcomes = new Set<string>();
    for (const role of ['viewer', 'member', 'admin', 'viewer', 'member', 'admin', 'viewer', 'member', 'admin', 'owner']) {
      const who = await stage.people.signedIn(acme, role);
      for (let given = 0; given < 4 && role !== 'owner'; given += 1) {
        const resource = { kind: 'ticket', id: Math.random() < 0.7 ? pick(ids) : null };
        const answer = await give(
          owner,
          { kind: 'member', id: who.id },
          { permission: pick(names), effect: pick(['allow', 'deny']), resource },
        );
        expect(answer.statusCode).toBe(201);
      }
      const checks = Array.from({ length: 100 }, () => ({
        permission: pick(names),
        ...(Math.random() < 0.7 && { resource: { kind: pick(['ticket', 'member']), id: pick(ids) } }),
      }));
      const principal = { kind: 'member', id: who.id, tenantId: acme.id, sessionId: who.sessionId } as const;
      const origin = { ...WorkOrigin.current(), surface: 'job', principal } as const;
      const decided = await stage.tests.as(acme, () =>
        WorkOrigin.run(origin, () =>
          Promise.all(
            checks.map(async ({ permission, resource }) => ({
              permission,
              ...(await access.decide(permissions.require(permission), resource)),
            })),
          ),
        ),
      );
      const asked = await stage.ask('POST', '/api/authz/check', who.bearer, { checks });
      // Who was refused the right to ask is not told, and that is the same decision.
      const results = asked.statusCode === 200 ? asked.json().results : decided;
      expect(results).toEqual(decided);
      for (const { rule } of decided) outcomes.add(rule);
    }
    expect([...outcomes]).toEqual(expect.arrayContaining(['role', 'default']));
    const foreign = { kind: 'member', id: owner.id, tenantId: acme.id, sessionId: null } as const;
    const elsewhere = stage.tests.as(globex, () =>
      WorkOrigin.run({ ...WorkOrigin.current(), principal: foreign }, () => access.decide(TICKET_PERMISSIONS.read)),
    );
    await expect(elsewhere).rejects.toMatchObject({ code: 'tenancy.wrong-tenant' });
  }, 60_000);

  describe('roles of a tenant’s own', () => {
    let acme: Tenant;
    let globex: Tenant;
    let owner: TestMember;
    let admin: TestMember;
    let count = 0;
    const fresh = (): string => `role-${(count += 1)}`;
    const make = (who: TestMember, body: object): Promise<LightMyRequestResponse> =>
      post(who, '/api/roles', { key: fresh(), name: 'A role', ...body });
    const made = async (body: object): Promise<{ id: string; key: string }> => {
      const answer = await make(owner, body);
      expect([answer.statusCode, answer.body]).toEqual([201, expect.any(String)]);
      return answer.json();
    };

    beforeAll(async () => {
      ({ acme, globex } = await stage.tests.pair('schema'));
      owner = await stage.people.signedIn(acme, 'owner');
      admin = await stage.people.signedIn(acme, 'admin');
    }, 120_000);

    afterEach(async () => {
      await stage.sql.run(acme, 'delete from role');
      await stage.tests.platform.accessChanges.changed(acme.id);
    });

    it('give what they and their parents have', async () => {
      const parent = await made({ permissions: ['tickets:delete'] });
      const { key } = await made({ parents: [parent.key, 'viewer'] });
      const who = await stage.people.signedIn(acme, key);
      const id = await ticketBy(owner);
      expect(shortOf(await post(who, '/api/tickets', { title: 't' }))).toEqual([403, 'access.denied']);
      expect(shortOf(await remove(who, `/api/tickets/${id}`))).toEqual([204]);
      expect(shortOf(await remove(owner, `/api/roles/${parent.id}`))).toEqual([409, 'access.role-in-use']);
      await stage.sql.run(acme, 'delete from member where id = $1', [who.id]);
    });

    it('that have nothing see in a list what was given to them one by one', async () => {
      const { key } = await made({});
      const who = await stage.people.signedIn(acme, key);
      expect(shortOf(await get(who, '/api/tickets'))).toEqual([403, 'access.denied']);
      const ids: string[] = [];
      for (let count = 0; count < 6; count += 1) ids.push(await ticketBy(owner));
      const listed = async (): Promise<string[]> => (await get(who, '/api/tickets')).json().data.map(({ id }: { id: string }) => id);
      const read = (effect: string, id: string): object => ({ permission: 'tickets:read', effect, resource: { kind: 'ticket', id } });
      for (const id of ids.slice(0, 3)) await give(owner, { kind: 'member', id: who.id }, read('allow', id));
      expect((await listed()).toSorted()).toEqual(ids.slice(0, 3).toSorted());
      await give(owner, { kind: 'member', id: who.id }, read('deny', ids[0]!));
      expect((await listed()).toSorted()).toEqual(ids.slice(1, 3).toSorted());
      const seer = await stage.people.signedIn(acme, 'viewer');
      await give(owner, { kind: 'member', id: seer.id }, read('deny', ids[5]!));
      const all = (await get(seer, '/api/tickets')).json().data.map(({ id }: { id: string }) => id);
      expect([all.includes(ids[4]), all.includes(ids[5])]).toEqual([true, false]);
      await stage.sql.run(acme, 'delete from member where id = $1', [who.id]);
    });

    it('are seen by their tenant alone, beside those of the system', async () => {
      const { id } = await made({});
      const keys = (await get(owner, '/api/roles')).json().data.map(({ key }: { key: string }) => key);
      expect(keys.slice(0, 4)).toEqual(['viewer', 'member', 'admin', 'owner']);
      const stranger = await stage.people.signedIn(globex, 'owner');
      expect((await get(stranger, '/api/roles')).json().data).toHaveLength(4);
      expect(shortOf(await get(stranger, `/api/roles/${id}`))).toEqual([404, 'access.role-not-found']);
      expect(shortOf(await remove(stranger, `/api/roles/${id}`))).toEqual([404, 'access.role-not-found']);
      expect(shortOf(await patch(owner, '/api/roles/admin', { name: 'x' }))).toEqual([409, 'access.role-fixed']);
      expect((await get(owner, '/api/roles/admin')).json()).toMatchObject({ isSystem: true, parents: ['member'] });
    });

    it('cannot inherit from themselves, nor be six deep', async () => {
      const chain = [await made({})];
      for (let depth = 2; depth <= 5; depth += 1) chain.push(await made({ parents: [chain.at(-1)!.key] }));
      expect(shortOf(await make(owner, { parents: [chain.at(-1)!.key] }))).toEqual([422, 'access.role-too-deep']);
      expect(shortOf(await patch(owner, `/api/roles/${chain[0]!.id}`, { parents: [chain[4]!.key] }))).toEqual([422, 'access.role-cycle']);
      expect(shortOf(await make(owner, { parents: ['gone'] }))).toEqual([422, 'access.role-unknown']);
      expect(shortOf(await make(owner, { permissions: ['no:such'] }))).toEqual([422, 'access.permission-unknown']);
      expect(shortOf(await make(owner, { key: chain[0]!.key }))).toEqual([409, 'access.role-key-taken']);
      for (const { id } of chain.reverse()) await remove(owner, `/api/roles/${id}`);
    });

    it('of two changes at once that would make each the parent of the other, one is kept', async () => {
      const [one, other] = [await made({}), await made({})];
      const answers = await Promise.all([
        patch(owner, `/api/roles/${one.id}`, { parents: [other.key] }),
        patch(owner, `/api/roles/${other.id}`, { parents: [one.key] }),
      ]);
      expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([200, 422]);
      for (const { id } of [one, other]) await patch(owner, `/api/roles/${id}`, { parents: [] });
    });

    it('are not made, changed, deleted or given by who lacks what they come to, also by parents', async () => {
      const beyond = [403, 'access.beyond-own-rights'];
      expect(shortOf(await make(admin, { permissions: ['company:cancel'] }))).toEqual(beyond);
      expect(shortOf(await make(admin, { parents: ['owner'] }))).toEqual(beyond);
      const top = await made({ permissions: ['company:cancel'] });
      const below = await made({ parents: [top.key] });
      expect(shortOf(await make(admin, { parents: [below.key] }))).toEqual(beyond);
      expect(shortOf(await patch(admin, `/api/roles/${below.id}`, { parents: [] }))).toEqual(beyond);
      expect(shortOf(await remove(admin, `/api/roles/${below.id}`))).toEqual(beyond);
      const who = await stage.people.signedIn(acme, 'viewer');
      for (const role of [below.key, 'owner']) expect(shortOf(await patch(admin, `/api/users/${who.id}`, { role }))).toEqual(beyond);
      expect(shortOf(await patch(admin, `/api/users/${who.id}`, { role: 'gone' }))).toEqual([422, 'access.role-unknown']);
      expect(shortOf(await patch(admin, `/api/users/${who.id}`, { role: 'admin' }))).toEqual([200]);
      expect(shortOf(await patch(owner, `/api/users/${who.id}`, { role: below.key }))).toEqual([200]);
      expect(shortOf(await remove(owner, `/api/roles/${below.id}`))).toEqual([409, 'access.role-in-use']);
      expect(shortOf(await patch(owner, `/api/users/${who.id}`, { role: 'viewer' }))).toEqual([200]);
      for (const { id } of [below, top]) expect(shortOf(await remove(owner, `/api/roles/${id}`))).toEqual([204]);
    });

    it('are changed by those who mean the present version', async () => {
      const { id } = await made({});
      const change = (version: string): Promise<LightMyRequestResponse> =>
        stage.ask('PATCH', `/api/roles/${id}`, { ...owner.bearer, 'if-match': version }, { name: 'other' });
      expect(shortOf(await change('"7"'))).toEqual([412, 'precondition.failed']);
      expect((await change('"1"')).json()).toMatchObject({ name: 'other', version: 2 });
    });

    it('never are more than the plan has room for; those that are stay usable when it shrinks', async () => {
      const role = await made({ permissions: ['tickets:read'] });
      const who = await stage.people.signedIn(acme, role.key);
      const rest = await Promise.all(Array.from({ length: 12 }, () => make(owner, {})));
      expect(rest.filter(({ statusCode }) => statusCode === 201)).toHaveLength(9);
      expect(shortOf(await make(owner, {}))).toEqual([403, 'access.over-limit']);
      const { catalog, announce } = stage.tests.platform;
      await catalog.em.fork().nativeUpdate(TenantRecord, { id: acme.id }, { plan: 'starter' });
      await announce(acme.id);
      expect(shortOf(await make(owner, {}))).toEqual([403, 'access.over-limit']);
      expect(shortOf(await patch(owner, `/api/roles/${role.id}`, { name: 'x' }))).toEqual([403, 'access.over-limit']);
      expect(shortOf(await get(who, '/api/tickets'))).toEqual([200]);
      expect(shortOf(await get(owner, `/api/roles/${role.id}`))).toEqual([200]);
      await catalog.em.fork().nativeUpdate(TenantRecord, { id: acme.id }, { plan: 'professional' });
      await announce(acme.id);
      await stage.sql.run(acme, 'delete from member where id = $1', [who.id]);
    });
  });

  describe('overrides', () => {
    let acme: Tenant;
    let globex: Tenant;
    let owner: TestMember;
    let admin: TestMember;

    beforeAll(async () => {
      ({ acme, globex } = await stage.tests.pair('row'));
      owner = await stage.people.signedIn(acme, 'owner');
      admin = await stage.people.signedIn(acme, 'admin');
    }, 120_000);

    it('are not given by who lacks the right, nor against an owner, nor to nobody', async () => {
      const who = await stage.people.signedIn(acme, 'viewer');
      const holder = { kind: 'member', id: who.id };
      expect(shortOf(await give(admin, holder, { permission: 'company:cancel', effect: 'allow' }))).toEqual([
        403,
        'access.beyond-own-rights',
      ]);
      for (const kept of [
        { kind: 'role', id: 'owner' },
        { kind: 'member', id: owner.id },
      ])
        expect(shortOf(await give(admin, kept, { permission: 'tickets:read', effect: 'deny' }))).toEqual([409, 'access.owner-kept']);
      const stranger = await stage.people.signedIn(globex, 'viewer');
      for (const unknown of [
        { kind: 'member', id: stranger.id },
        { kind: 'machine', id: randomUUID() },
        { kind: 'role', id: 'gone' },
      ])
        expect(shortOf(await give(owner, unknown, { permission: 'tickets:read', effect: 'allow' }))).toEqual([
          422,
          'access.holder-unknown',
        ]);
      expect(shortOf(await give(owner, holder, { permission: 'no:such', effect: 'allow' }))).toEqual([422, 'access.permission-unknown']);
      const late = { permission: 'tickets:read', effect: 'allow', expiresAt: '2020-01-01T00:00:00Z' };
      expect(shortOf(await give(owner, holder, late))).toEqual([422, 'validation.failed']);
    });

    it('are not taken back by the one they refuse something to', async () => {
      const refusal = (await give(owner, { kind: 'member', id: admin.id }, { permission: 'tickets:delete', effect: 'deny' })).json();
      expect(shortOf(await remove(admin, `/api/authz/overrides/${refusal.id}`))).toEqual([403, 'access.beyond-own-rights']);
      expect(shortOf(await remove(owner, `/api/authz/overrides/${refusal.id}`))).toEqual([204]);
      expect(shortOf(await remove(owner, `/api/authz/overrides/${refusal.id}`))).toEqual([404, 'access.override-not-found']);
    });

    it('that end cannot be passed on', async () => {
      const helper = await stage.people.signedIn(acme, 'admin');
      const holder = { kind: 'member', id: helper.id };
      const soon = new Date(Date.now() + 60_000).toISOString();
      expect(shortOf(await give(owner, holder, { permission: 'company:cancel', effect: 'allow', expiresAt: soon }))).toEqual([201]);
      const viewer = await stage.people.signedIn(acme, 'viewer');
      expect(shortOf(await give(helper, { kind: 'member', id: viewer.id }, { permission: 'company:cancel', effect: 'allow' }))).toEqual([
        403,
        'access.beyond-own-rights',
      ]);
    });

    it('are listed page by page, for their tenant alone', async () => {
      const who = await stage.people.signedIn(acme, 'viewer');
      const holder = { kind: 'member', id: who.id };
      for (const permission of ['tickets:create', 'tickets:change', 'tickets:delete'])
        await give(owner, holder, { permission, effect: 'allow' });
      const url = `/api/authz/overrides?holder=${who.id}&limit=2`;
      const first = (await get(owner, url)).json();
      const second = (await get(owner, `${url}&cursor=${first.nextCursor}`)).json();
      expect([...first.data, ...second.data].map(({ permission }) => permission)).toEqual([
        'tickets:delete',
        'tickets:change',
        'tickets:create',
      ]);
      expect(second.nextCursor).toBeNull();
      const stranger = await stage.people.signedIn(globex, 'owner');
      expect((await get(stranger, '/api/authz/overrides')).json().data).toEqual([]);
      expect(shortOf(await remove(stranger, `/api/authz/overrides/${first.data[0].id}`))).toEqual([404, 'access.override-not-found']);
      expect(shortOf(await post(who, '/api/tickets', { title: 't' }))).toEqual([201]);
    });
  });
});
