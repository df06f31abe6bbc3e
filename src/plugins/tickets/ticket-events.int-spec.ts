import type { Type } from '@nestjs/common';
import type { JobDeclaration, JobHandlerClass } from '#kernel/jobs/job-handler.js';
import { JobCatalogue } from '#kernel/jobs/job-catalogue.js';
import { Outbox } from '#kernel/outbox/outbox.js';
import { IfMatch } from '#kernel/plugin/if-match.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { WorkOrigin } from '#kernel/work/work-origin.js';
import { Meters } from '#workspace/usage/meters.js';
import { TestMembers } from '#testing/members.js';
import { TenantSql } from '#testing/tenant-sql.js';
import { TestPlatform, TIERS } from '#testing/test-platform.js';
import { RemoveFiles } from './attachments/remove-files.job.js';
import { CommentsService } from './comments/comments.service.js';
import { IndexTickets } from './search/index-tickets.job.js';
import {
  ticketAssigned,
  ticketChanged,
  ticketCommented,
  ticketCompleted,
  ticketDeleted,
  ticketOpened,
  ticketReopened,
} from './ticket.events.js';
import { TicketList } from './ticket-list.js';
import { ChangeTicket, ListTickets, OpenTicket } from './ticket.schemas.js';
import { TicketsService } from './tickets.service.js';

/** Hears of everything that happens to tickets; nobody runs it here. */
class Hears {
  static readonly job: JobDeclaration = {
    name: 'spec.hears-tickets',
    on: [ticketOpened, ticketChanged, ticketAssigned, ticketCompleted, ticketReopened, ticketCommented, ticketDeleted],
    order: 'none',
    permission: 'platform',
  };

  async handle(): Promise<void> {
    await Promise.resolve();
  }
}

describe.each(TIERS)('what follows from tickets in the %s tier', (tier) => {
  let test: TestPlatform;
  let acme: Tenant;
  let globex: Tenant;
  let ada: string;
  let bob: string;
  let tickets: TicketsService;
  let comments: CommentsService;
  let lists: TicketList;
  let sql: TenantSql;

  beforeAll(async () => {
    test = await TestPlatform.open();
    ({ acme, globex } = await test.pair(tier));
    const people = new TestMembers(test);
    ada = (await people.member(acme, { roles: ['owner'] })).id;
    bob = (await people.member(acme)).id;
    const { contexts, access, audit, signing } = test.platform;
    const cursors = new PageCursors(signing);
    const kinds = [Hears, RemoveFiles] as readonly Type<unknown>[] as readonly JobHandlerClass[];
    const outbox = new Outbox(new JobCatalogue(kinds), { ring: () => undefined });
    tickets = new TicketsService(contexts, access, audit, outbox, new Meters(test.platform.plans, test.platform.members.clock));
    comments = new CommentsService(contexts, cursors, access, audit, outbox);
    lists = new TicketList(contexts, cursors, access);
    sql = new TenantSql(test.platform);
  });
  afterAll(() => test.close());

  const asAda = <T>(work: () => Promise<T>): Promise<T> =>
    test.as(acme, async () => {
      const [session] = await sql.run(
        acme,
        `insert into member_session (tenant_id, id, member_id, device, created_at, last_seen_at, authenticated_at, idle_expires_at, expires_at)
         values ($1, gen_random_uuid(), $2, 'spec', now(), now(), now(), now() + interval '1 day', now() + interval '1 day') returning id`,
        [acme.id, ada],
      );
      const principal = { kind: 'member', id: ada, tenantId: acme.id, sessionId: String(session!['id']) } as const;
      return WorkOrigin.run({ ...WorkOrigin.current(), surface: 'http', principal }, work);
    });
  const heard = async (tenant: Tenant): Promise<[string, Record<string, unknown>][]> => {
    const rows = await sql.run(tenant, `select topic, payload from tenancy.outbox where name = 'spec.hears-tickets' order by seq`);
    return rows.map(({ topic, payload }) => [String(topic), JSON.parse(String(payload)) as Record<string, unknown>]);
  };
  const any = IfMatch.from('*');

  it('is told with ids and names of fields alone, in order, and once', async () => {
    const id = await asAda(async () => {
      const { id } = await tickets.open(OpenTicket.parse({ title: 'SECRET title', description: 'SECRET text' }));
      await tickets.assign(id, any, bob);
      await tickets.assign(id, any, bob);
      await tickets.change(id, any, ChangeTicket.parse({ title: 'SECRET other', labels: ['SECRET'], status: 'in_progress' }));
      const { id: comment } = await comments.write(id, { body: 'SECRET words' });
      await comments.change(id, comment, any, { body: 'SECRET again' });
      await tickets.complete(id, any);
      await tickets.change(id, any, { status: 'open' });
      await tickets.change(id, any, { title: 'SECRET other' });
      await tickets.remove(id, any);
      return id;
    });
    const fact = { ticketId: id, actorId: ada, openedBy: ada };
    expect(await heard(acme)).toEqual([
      ['ticket.opened', { ...fact, version: 1, assigneeId: null }],
      ['ticket.assigned', { ...fact, version: 2, assigneeId: bob }],
      ['ticket.changed', { ...fact, version: 3, assigneeId: bob, fields: ['title', 'labels', 'status'] }],
      ['ticket.commented', { ...fact, version: 3, assigneeId: bob, commentId: expect.any(String) as string }],
      ['ticket.completed', { ...fact, version: 4, assigneeId: bob }],
      ['ticket.reopened', { ...fact, version: 5, assigneeId: bob }],
      ['ticket.deleted', { ...fact, version: 5, assigneeId: bob }],
    ]);
    expect(await heard(globex)).toEqual([]);
    const written = await sql.run(
      acme,
      `select coalesce(json_agg(e)::text, '') as record from audit_event e where action ~ '^(ticket|comment)'`,
    );
    expect(String(written[0]!['record'])).toContain('ticket.reopened');
    expect(String(written[0]!['record']).replace('["SECRET"]', '')).not.toContain('SECRET title');
    expect(String(written[0]!['record'])).not.toMatch(/SECRET (title|text|other|words|again)/);
  });

  it('is told of nothing that was not kept', async () => {
    const before = await heard(acme);
    await asAda(async () => {
      const { id } = await tickets.open(OpenTicket.parse({ title: 'Kept' }));
      const given = test.platform.contexts.transaction(async () => {
        await tickets.complete(id, any);
        throw new RangeError('given up');
      });
      await expect(given).rejects.toThrow(RangeError);
      expect(await tickets.get(id)).toMatchObject({ status: 'open', version: 1 });
    });
    expect((await heard(acme)).slice(before.length).map(([topic]) => topic)).toEqual(['ticket.opened']);
  });

  it('makes findable what was written before there were terms, each tenant’s own', async () => {
    for (const tenant of [acme, globex])
      await sql.run(
        tenant,
        `insert into tickets (tenant_id, id, title, description, labels, created_at, updated_at)
         select $1, gen_random_uuid(), 'Elder ' || n, 'from before', array['elder'], now(), now() from generate_series(1, 450) as n`,
        [tenant.id],
      );
    const find = async (tenant: Tenant): Promise<number[]> =>
      test.as(tenant, async () => {
        const counts: number[] = [];
        for (const query of [{ q: 'eld bef' }, { label: 'elder' }])
          counts.push((await lists.page(ListTickets.parse({ ...query, limit: 100 }))).data.length);
        return counts;
      });
    expect(await find(acme)).toEqual([0, 0]);
    const [elder] = await sql.run(acme, `select id from tickets where title = 'Elder 7'`);
    await asAda(() => tickets.change(String(elder!['id']), any, { priority: 'high' }));
    expect(await find(acme)).toEqual([1, 1]);
    const job = new IndexTickets(test.platform.contexts);
    const run = (): Promise<void> => test.as(acme, () => job.handle({}, { signal: new AbortController().signal }));
    await Promise.all([run(), run()]);
    expect(await find(acme)).toEqual([100, 100]);
    expect(await find(globex)).toEqual([0, 0]);
    const [left] = await sql.run(acme, 'select count(*)::integer as n from tickets where terms_version is null');
    expect(left).toEqual({ n: 0 });
  });
});
