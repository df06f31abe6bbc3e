import type { TicketPriority, TicketStatus } from './ticket.entity.js';

/** The table as lists read it. A time comes as the text PostgreSQL writes, and is compared with a Date. */
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
    version: number;
    created_at: Date;
    updated_at: Date;
  };
}
