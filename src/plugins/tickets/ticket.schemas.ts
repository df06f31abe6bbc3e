import { z } from 'zod';
import { Instant, Limit, Text } from '#workspace/schemas.js';
import { MakerView } from './maker.js';
import { TICKET_SORTS } from './ticket-order.js';
import { TICKET_STATUSES } from './ticket-status.js';
import { TICKET_PRIORITIES } from './ticket.entity.js';

const Title = Text.trim().min(1).max(200);
const Description = Text.max(20_000);
const Labels = z.array(Text.trim().min(1).max(50)).max(20);

/** What opening a ticket takes. */
export const OpenTicket = z
  .strictObject({
    title: Title,
    description: Description.default(''),
    priority: z.enum(TICKET_PRIORITIES).default('normal'),
    assigneeId: z.uuid().nullable().default(null),
    labels: Labels.default([]),
    dueAt: Instant.nullable().default(null),
  })
  .meta({ id: 'OpenTicket' });
export type OpenTicket = z.infer<typeof OpenTicket>;

/** What may be changed; what is not given stays. */
export const ChangeTicket = z
  .strictObject({
    title: Title,
    description: Description,
    status: z.enum(TICKET_STATUSES),
    priority: z.enum(TICKET_PRIORITIES),
    assigneeId: z.uuid().nullable(),
    labels: Labels,
    dueAt: Instant.nullable(),
  })
  .partial()
  .meta({ id: 'ChangeTicket' });
export type ChangeTicket = z.infer<typeof ChangeTicket>;

/** Several, with commas between them. */
const Statuses = z
  .string()
  .max(100)
  .transform((text) => [...new Set(text.split(','))])
  .pipe(z.array(z.enum(TICKET_STATUSES)).min(1));

/** Which tickets, in which order, and how many of them at once. */
export const ListTickets = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  status: Statuses.optional(),
  assigneeId: z.union([z.enum(['me', 'none']), z.uuid()]).optional(),
  priority: z.enum(TICKET_PRIORITIES).optional(),
  label: Text.trim().min(1).max(50).optional(),
  /** The first time that is of it, and the first that is not any more. */
  createdFrom: Instant.optional(),
  createdTo: Instant.optional(),
  dueBefore: Instant.optional(),
  /** Words; every one must begin a word of the title or the description. */
  q: Text.max(200).optional(),
  sort: z.enum(TICKET_SORTS).optional(),
});
export type ListTickets = z.infer<typeof ListTickets>;

/** Whose it is to be; null for nobody's. */
export const AssignTicket = z.strictObject({ assigneeId: z.uuid().nullable() }).meta({ id: 'AssignTicket' });
export type AssignTicket = z.infer<typeof AssignTicket>;

export const TicketId = z.uuid();

/** A ticket as callers see it. */
export const TicketView = z
  .strictObject({
    id: z.uuid(),
    title: z.string(),
    description: z.string(),
    status: z.enum(TICKET_STATUSES),
    priority: z.enum(TICKET_PRIORITIES),
    assigneeId: z.uuid().nullable(),
    labels: z.array(z.string()),
    dueAt: z.iso.datetime().nullable(),
    createdBy: MakerView,
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'Ticket' });
export type TicketView = z.infer<typeof TicketView>;

/** `nextCursor` is null on the last page; a page of a search may be shorter than asked for and not be the last. */
export const TicketPage = z.strictObject({ data: z.array(TicketView), nextCursor: z.string().nullable() }).meta({ id: 'TicketPage' });
export type TicketPage = z.infer<typeof TicketPage>;
