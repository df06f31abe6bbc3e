import { AppError } from '#kernel/errors/app-error.js';

/** This member has no such notification. */
export class NotificationNotFoundError extends AppError {
  readonly code = 'notifications.not-found';

  constructor(readonly id: string) {
    super('There is no such notification.');
  }
}

/** A member has as many streams open in this process as one may have. */
export class TooManyStreamsError extends AppError {
  readonly code = 'notifications.too-many-streams';

  constructor(readonly atMost: number) {
    super(`There are ${atMost} streams of yours open already; close one first.`);
  }
}

/** This process has as many streams open as it may. */
export class StreamsFullError extends AppError {
  readonly code = 'notifications.streams-full';

  constructor() {
    super('No more streams can be opened here now; try again in a moment.');
  }
}
