export const TICKET_STATUSES = ['open', 'in_progress', 'completed', 'cancelled'] as const;
export type TicketStatus = (typeof TICKET_STATUSES)[number];

/** What may follow a status. What is over can only be opened again. */
const FOLLOWING: Readonly<Record<TicketStatus, readonly TicketStatus[]>> = {
  open: ['in_progress', 'completed', 'cancelled'],
  in_progress: ['open', 'completed', 'cancelled'],
  completed: ['open'],
  cancelled: ['open'],
};

export function mayFollow(from: TicketStatus, to: TicketStatus): boolean {
  return FOLLOWING[from].includes(to);
}

/** Whether nobody works on it any more. */
export function isOver(status: TicketStatus): boolean {
  return status === 'completed' || status === 'cancelled';
}
