import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import { Access } from '#workspace/access/access.js';
import type { Notice } from '#workspace/notifications/notice.js';
import type { Category } from '#workspace/notifications/notification-categories.js';
import { Notifier } from '#workspace/notifications/notifier.js';
import { ticketAssigned, ticketCommented, ticketCompleted, type TicketFact } from '../ticket.events.js';
import { TICKET_PERMISSIONS } from '../ticket.permissions.js';
import type { TicketTables } from '../ticket-table.js';

type Fact = TicketFact & { readonly commentId?: string };

interface Words {
  readonly category: Category;
  readonly title: (ticket: string) => string;
  readonly tells: (fact: Fact) => readonly (string | null)[];
}

const WORDS: Readonly<Record<string, Words>> = {
  [ticketAssigned.name]: {
    category: 'assignments',
    title: (ticket) => `You were assigned “${ticket}”`,
    tells: ({ assigneeId }) => [assigneeId],
  },
  [ticketCommented.name]: {
    category: 'comments',
    title: (ticket) => `New comment on “${ticket}”`,
    tells: ({ assigneeId, openedBy }) => [assigneeId, openedBy],
  },
  [ticketCompleted.name]: {
    category: 'completions',
    title: (ticket) => `Completed: “${ticket}”`,
    tells: ({ openedBy }) => [openedBy],
  },
};

/** Tells members what others did with tickets of theirs: nobody of what they did themselves, and nobody of a ticket that they may not read. */
@Injectable()
export class TellOfTickets implements JobHandler<Fact> {
  static readonly job: JobDeclaration = {
    name: 'tickets.tell-of-tickets',
    on: [ticketAssigned, ticketCommented, ticketCompleted],
    order: 'tenant',
    permission: 'platform',
  };

  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly notifier: Notifier,
    private readonly access: Access,
  ) {}

  async handle(fact: Fact, { topic }: Pick<JobTry, 'topic'>): Promise<void> {
    const words = WORDS[topic];
    const concerned = [...new Set(words?.tells(fact))].filter((id) => id !== null && id !== fact.actorId) as string[];
    if (!words || concerned.length === 0) return;
    await this.contexts.transaction(async (transaction) => {
      const ticket = await transaction
        .sql<TicketTables>()
        .selectFrom('tickets')
        .select('title')
        .where('id', '=', fact.ticketId)
        .executeTakeFirst();
      // It was deleted meanwhile: there is nothing to look at.
      if (!ticket) return;
      const readers = await this.#readersAmong(concerned, fact.ticketId);
      await this.notifier.tell(readers.map((memberId) => noticeOf(memberId, words, fact, topic, ticket.title)));
    });
  }

  async #readersAmong(memberIds: readonly string[], ticketId: string): Promise<string[]> {
    const readers: string[] = [];
    for (const id of memberIds) {
      const { allow } = await this.access.decideForMember(id, TICKET_PERMISSIONS.read, { kind: 'ticket', id: ticketId });
      if (allow) readers.push(id);
    }
    return readers;
  }
}

function noticeOf(
  memberId: string,
  { category, title }: Words,
  { ticketId, version, commentId }: Fact,
  key: string,
  ticket: string,
): Notice {
  return {
    ...{ memberId, category, key },
    title: title(ticket),
    body: '',
    link: `/tickets/${ticketId}`,
    dedupeKey: `${key}:${commentId ?? `${ticketId}@${version}`}`,
  };
}
