import { randomUUIDv7 } from 'node:crypto';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import type { TestMember } from '#testing/members.js';
import { NotificationStage, type StageApi } from '#testing/notifications/notification-stage.js';
import { TIERS } from '#testing/test-platform.js';
import type { NotificationPage } from '#workspace/notifications/notification.schemas.js';
import { ticketAssigned, ticketCommented, ticketCompleted, type TicketFact } from '../ticket.events.js';
import { TellOfTickets } from './tell-of-tickets.job.js';

describe.each(TIERS)('what people are told of tickets of tenants on the %s tier', (tier) => {
  let stage: NotificationStage;
  let api: StageApi;
  let acme: Tenant;
  let globex: Tenant;

  beforeAll(async () => {
    stage = await NotificationStage.open();
    api = await stage.api();
    ({ acme, globex } = await stage.pair(tier));
  });
  afterAll(() => stage.close());

  const titles = async (member: TestMember): Promise<string[]> => {
    const answer = await api.app.inject({ method: 'GET', url: '/api/notifications', headers: member.bearer });
    return answer.json<NotificationPage>().data.map(({ title }) => title);
  };

  it('tells those whose ticket it is what others did with it, unless they may not read it', async () => {
    const [assignee, opener] = [await stage.people.signedIn(acme, 'member'), await stage.people.signedIn(acme, 'member')];
    const ticketId = randomUUIDv7();
    await stage.sql.run(
      acme,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, 'Printer <b>', now(), now())`,
      [acme.id, ticketId],
    );
    const happened = async (topic: string, more: Partial<TicketFact & { commentId: string }>): Promise<void> => {
      const fact = { ticketId, version: 2, actorId: null, assigneeId: assignee.id, openedBy: opener.id, ...more };
      await stage.tests.as(acme, () => stage.part(api, TellOfTickets).handle(fact, { topic }));
    };
    await happened(ticketAssigned.name, { actorId: opener.id });
    await happened(ticketAssigned.name, { actorId: opener.id });
    await happened(ticketAssigned.name, { actorId: assignee.id, version: 3 });
    await happened(ticketCommented.name, { actorId: assignee.id, commentId: randomUUIDv7() });
    await happened(ticketCommented.name, { commentId: randomUUIDv7() });
    await happened(ticketCompleted.name, { actorId: assignee.id, version: 4 });
    expect(await titles(assignee)).toEqual(['New comment on “Printer <b>”', 'You were assigned “Printer <b>”']);
    expect(await titles(opener)).toEqual(['Completed: “Printer <b>”', 'New comment on “Printer <b>”', 'New comment on “Printer <b>”']);
    await stage.sql.run(
      acme,
      `insert into access_override (tenant_id, id, holder_kind, holder, permission, effect, resource_kind, resource_id, created_at)
       values ($1, $2, 'member', $3, 'tickets:read', 'deny', 'ticket', $4, now())`,
      [acme.id, randomUUIDv7(), opener.id, ticketId],
    );
    await api.platform.accessChanges.changed(acme.id);
    await happened(ticketCompleted.name, { version: 5 });
    await happened(ticketCompleted.name, { version: 6, ticketId: randomUUIDv7() });
    expect(await titles(opener)).toHaveLength(3);
  });

  it('is nothing of a ticket of another tenant', async () => {
    const [stranger, here] = [await stage.people.signedIn(globex, 'member'), await stage.people.signedIn(acme, 'member')];
    const ticketId = randomUUIDv7();
    await stage.sql.run(
      globex,
      `insert into tickets (tenant_id, id, title, created_at, updated_at) values ($1, $2, 'Theirs', now(), now())`,
      [globex.id, ticketId],
    );
    const fact = { ticketId, version: 1, actorId: null, assigneeId: here.id, openedBy: stranger.id };
    const tell = (tenant: Tenant) =>
      stage.tests.as(tenant, () => stage.part(api, TellOfTickets).handle(fact, { topic: ticketCompleted.name }));
    await stage.tests.as(acme, () => stage.part(api, TellOfTickets).handle(fact, { topic: ticketAssigned.name }));
    await tell(acme);
    expect([await titles(here), await titles(stranger)]).toEqual([[], []]);
    await tell(globex);
    expect(await titles(stranger)).toEqual(['Completed: “Theirs”']);
  });
});
