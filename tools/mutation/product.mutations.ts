import type { Mutation } from './mutation.js';

const INBOX_SPECS = ['src/workspace/notifications/notifications.int-spec.ts'];
const INBOX = { file: 'src/workspace/notifications/notifications.service.ts', specs: INBOX_SPECS };
const NOTIFIER = { file: 'src/workspace/notifications/notifier.ts', specs: INBOX_SPECS };
const STREAMS = {
  file: 'src/workspace/notifications/live/notification-streams.ts',
  specs: ['src/workspace/notifications/live/notification-streams.int-spec.ts'],
};
const TICKETS_SPECS = ['src/plugins/tickets/tickets.e2e-spec.ts'];
const TICKETS = { file: 'src/plugins/tickets/tickets.service.ts', specs: TICKETS_SPECS };
const CHOICE = { file: 'src/plugins/tickets/ticket-filter.ts', specs: TICKETS_SPECS };

/** Notifications and tickets: each member's own, and what they may see. */
export const PRODUCT_MUTATIONS: readonly Mutation[] = [
  { ...NOTIFIER, name: 'notifications: a notice is told once', find: 'dedupe_key: dedupeKey,', replace: 'dedupe_key: id,' },
  {
    ...NOTIFIER,
    name: 'notifications: nobody is told who is gone',
    find: `!member || member.status === 'disabled' ||`,
    replace: '!member ||',
  },
  {
    ...INBOX,
    name: 'notifications: a list is of one member',
    find: `.select(VIEW_COLUMNS).where('member_id', '=', memberId);`,
    replace: '.select(VIEW_COLUMNS);',
  },
  {
    ...INBOX,
    name: 'notifications: nobody reads those of another',
    find: `      .where('member_id', '=', memberId)\n      .returning(VIEW_COLUMNS)`,
    replace: '      .returning(VIEW_COLUMNS)',
  },
  {
    name: 'notifications: nobody is told of a ticket they may not read',
    file: 'src/plugins/tickets/notifications/tell-of-tickets.job.ts',
    find: 'if (allow) readers.push(id);',
    replace: 'if (allow !== undefined) readers.push(id);',
    specs: ['src/plugins/tickets/notifications/tell-of-tickets.int-spec.ts'],
  },
  {
    ...STREAMS,
    name: 'notifications: a stream goes on as long as its member may',
    find: 'return (await asReader(() => this.#mayGoOn())) ? newest : null;',
    replace: 'return newest;',
  },
  {
    name: 'notifications: a stream shows its member’s own',
    file: 'src/workspace/notifications/live/inbox-reader.ts',
    find: `      .where('member_id', '=', memberId)\n      .where('created_at', '>', at)`,
    replace: `      .where('created_at', '>', at)`,
    specs: STREAMS.specs,
  },
  {
    ...CHOICE,
    name: 'tickets: a list leaves out what was taken away one by one',
    find: `else if (visible.except.length > 0) conditions.push(eb('tickets.id', 'not in', visible.except));`,
    replace: '',
  },
  {
    name: 'tickets: a list shows only what was given one by one',
    file: 'src/plugins/tickets/ticket-filter.ts',
    find: `if (!visible.all) conditions.push(eb('tickets.id', 'in', visible.only));\n    else if`,
    replace: 'if (!visible.all) void visible.only;\n    else if',
    specs: ['src/workspace/access/access.e2e-spec.ts'],
  },
  {
    name: 'tickets: a search shows what a list would',
    file: 'src/plugins/tickets/search/ticket-search.ts',
    find: '            .where(conditions)\n',
    replace: '',
    specs: TICKETS_SPECS,
  },
  {
    ...TICKETS,
    name: 'tickets: one is deleted by who knows its version',
    find: 'match?.require(ticket.version);',
    replace: 'void match;',
  },
  {
    ...TICKETS,
    name: 'tickets: what changed meanwhile is not deleted',
    find: 'if (removed === 0) throw new StaleVersionError();',
    replace: 'void removed;',
  },
  {
    ...TICKETS,
    name: 'tickets: to assign takes the right to',
    find: `if (isAssigned) await this.access.require(TICKET_PERMISSIONS.assign, { kind: 'ticket', id });`,
    replace: '',
  },
];
