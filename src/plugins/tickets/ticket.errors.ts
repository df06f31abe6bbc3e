import { AppError } from '#kernel/errors/app-error.js';

/** This tenant has no such ticket. */
export class TicketNotFoundError extends AppError {
  readonly code = 'tickets.not-found';

  constructor(readonly id: string) {
    super('There is no such ticket.');
  }
}
