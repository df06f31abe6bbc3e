import { AppError } from '#kernel/errors/app-error.js';

/** This ticket has no such comment. */
export class CommentNotFoundError extends AppError {
  readonly code = 'tickets.comment-not-found';

  constructor(readonly id: string) {
    super('There is no such comment.');
  }
}
