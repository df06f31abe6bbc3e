import { AppError } from '#kernel/errors/app-error.js';
import type { TicketStatus } from './ticket-status.js';

/** This tenant has no such ticket. */
export class TicketNotFoundError extends AppError {
  readonly code = 'tickets.not-found';

  constructor(readonly id: string) {
    super('There is no such ticket.');
  }
}

/** What is over is not worked on; it can be opened again. */
export class TicketNotOpenError extends AppError {
  readonly code = 'tickets.not-open';

  constructor(readonly status: TicketStatus) {
    super(`The ticket is ${status}; open it again first.`);
  }
}

/** Tickets are assigned to active members of the tenant. */
export class AssigneeUnknownError extends AppError {
  readonly code = 'tickets.assignee-unknown';

  constructor() {
    super('The assignee is not an active member.');
  }
}
