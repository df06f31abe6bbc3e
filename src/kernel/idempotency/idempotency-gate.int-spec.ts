import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { IdempotencyGate, type KeptAnswer, type RepeatableRequest } from '#kernel/idempotency/idempotency-gate.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Ticket } from '#plugins/tickets/ticket.entity.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';

const DAY_MS = 24 * 3_600_000;

describe.each(TIERS)('the idempotency gate on the %s tier', (tier) => {
  let test: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;
  let now: Date;
  let gate: IdempotencyGate;
  const request = (more: Partial<RepeatableRequest> = {}): RepeatableRequest => ({
    principal: 'member:ann',
    route: 'POST /api/tickets',
    key: randomUUID(),
    fingerprint: 'first',
    ...more,
  });

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ acme, globex } = await test.pair(tier));
  });
  afterAll(() => test.close());
  beforeEach(() => {
    now = new Date();
    gate = new IdempotencyGate(test.platform.contexts, test.platform.signing, () => now);
  });

  /** Opens a ticket named for itself, as a service would, and answers with its id. */
  const openTicket =
    (title: string, fail = false) =>
    async (): Promise<KeptAnswer> => {
      const { em, tenant } = test.platform.contexts.open();
      const ticket = em.create(Ticket, {
        ...{ title, description: '', status: 'open', priority: 'normal', labels: [], assigneeId: null, dueAt: null, version: 1 },
        tenantId: tenant.id,
      });
      await em.flush();
      if (fail) throw new Error('after the write');
      return { status: 201, headers: { location: `/api/tickets/${ticket.id}` }, body: JSON.stringify({ id: ticket.id }) };
    };
  const once = (tenant: Tenant, asked: RepeatableRequest, work: () => Promise<KeptAnswer>) => test.as(tenant, () => gate.once(asked, work));
  const titled = async (tenant: Tenant, title: string): Promise<number> =>
    (await new TenantSql(test.platform).run(tenant, 'select from tickets where title = $1', [title])).length;

  it('does it once and answers alike, however many ask at once', async () => {
    const [asked, title] = [request(), randomUUID()];
    const answers = await Promise.all(Array.from({ length: 5 }, () => once(acme, asked, openTicket(title))));
    expect(new Set(answers.map(({ status, body, headers }) => JSON.stringify([status, body, headers]))).size).toBe(1);
    expect(answers.filter(({ isReplay }) => !isReplay)).toHaveLength(1);
    expect(await titled(acme, title)).toBe(1);
  });

  it('takes the same key of another tenant, principal or route for another request', async () => {
    const [asked, title] = [request(), randomUUID()];
    await once(acme, asked, openTicket(title));
    await once(acme, { ...asked, principal: 'member:bob' }, openTicket(title));
    await once(acme, { ...asked, route: 'POST /api/users' }, openTicket(title));
    const answer = await once(globex, asked, openTicket(title));
    expect(answer.isReplay).toBe(false);
    expect([await titled(acme, title), await titled(globex, title)]).toEqual([3, 1]);
  });

  it('refuses another request under the same key', async () => {
    const [asked, title] = [request(), randomUUID()];
    await once(acme, asked, openTicket(title));
    await expect(once(acme, { ...asked, fingerprint: 'other' }, openTicket(title))).rejects.toMatchObject({
      code: 'idempotency.key-reused',
    });
    expect(await titled(acme, title)).toBe(1);
  });

  it('keeps nothing of a request that failed, so that it may be tried again', async () => {
    const [asked, title] = [request(), randomUUID()];
    await expect(once(acme, asked, openTicket(title, true))).rejects.toThrow('after the write');
    expect(await titled(acme, title)).toBe(0);
    expect((await once(acme, asked, openTicket(title))).isReplay).toBe(false);
    expect(await titled(acme, title)).toBe(1);
  });

  it('says so when the first request takes too long to wait for', async () => {
    const asked = request();
    const { promise, resolve } = Promise.withResolvers<KeptAnswer>();
    const began = Promise.withResolvers<undefined>();
    const first = once(acme, asked, () => {
      began.resolve(undefined);
      return promise;
    });
    await began.promise;
    await expect(once(acme, asked, openTicket('never'))).rejects.toMatchObject({ code: 'idempotency.in-progress' });
    resolve({ status: 201, headers: {}, body: '{}' });
    expect((await first).isReplay).toBe(false);
    expect((await once(acme, asked, openTicket('never'))).isReplay).toBe(true);
  });

  it('is as patient with other locks as without a key, for the first as for one that comes again after a day', async () => {
    const asked = request();
    const patience = async (): Promise<KeptAnswer> => {
      const { rows } = await sql<{ patience: string }>`select current_setting('lock_timeout') as patience`.execute(
        test.platform.contexts.reads(),
      );
      return { status: 200, headers: {}, body: rows[0]!.patience };
    };
    expect(await once(acme, asked, patience)).toMatchObject({ body: '0', isReplay: false });
    now = new Date(now.getTime() + DAY_MS);
    expect(await once(acme, asked, patience)).toMatchObject({ body: '0', isReplay: false });
  });

  it('forgets after a day, to the moment', async () => {
    const [asked, title] = [request(), randomUUID()];
    await once(acme, asked, openTicket(title));
    now = new Date(now.getTime() + DAY_MS - 1);
    expect((await once(acme, asked, openTicket(title))).isReplay).toBe(true);
    now = new Date(now.getTime() + 1);
    expect((await once(acme, asked, openTicket(title))).isReplay).toBe(false);
    expect(await titled(acme, title)).toBe(2);
  });

  it('keeps the answer so that the database cannot read it', async () => {
    const asked = request();
    await once(acme, asked, () => Promise.resolve({ status: 201, headers: {}, body: '{"key":"canary-shown-once"}' }));
    const rows = await new TenantSql(test.platform).run(acme, 'select * from idempotency_key where key = $1', [asked.key]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect((await once(acme, asked, openTicket('never'))).body).toBe('{"key":"canary-shown-once"}');
  });
});
