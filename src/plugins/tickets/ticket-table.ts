import type { TicketPriority } from './ticket.entity.js';
import type { TicketStatus } from './ticket-status.js';

/** The tables of tickets as statements see them. A time comes as the text PostgreSQL writes, and is compared with a Date. */
export interface TicketTables {
  tickets: {
    id: string;
    title: string;
    description: string;
    status: TicketStatus;
    priority: TicketPriority;
    assignee_id: string | null;
    labels: string[];
    due_at: Date | null;
    created_by_kind: 'member' | 'machine' | null;
    created_by_id: string | null;
    version: number;
    created_at: Date;
    updated_at: Date;
  };
}

/** With what lists are ordered and narrowed by, which callers do not see. */
export interface TicketSearchTables {
  tickets: TicketTables['tickets'] & {
    tenant_id: string;
    /** `due_at`, or the end of time for a ticket that is never due; the database's own. */
    due_order: Date;
    terms_version: number | null;
  };
  /** What a ticket is found by: its words as they are, and its labels behind a `#`, which no word begins with. */
  ticket_term: { tenant_id: string; term: string; created_at: Date; ticket_id: string };
}

/** The columns of a row of a list, where there is no other table. */
export const OWN_COLUMNS = [
  'id',
  'title',
  'description',
  'status',
  'priority',
  'assignee_id',
  'labels',
  'due_at',
  'created_by_kind',
  'created_by_id',
  'version',
  'created_at',
  'updated_at',
] as const;

/** The same, where there is. */
export const TICKET_COLUMNS = OWN_COLUMNS.map((name) => `tickets.${name}` as const);

/** A row of a list. */
export type TicketRow = TicketTables['tickets'];
