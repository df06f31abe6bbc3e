import { AppError } from '#kernel/errors/app-error.js';

/** There is no such work of the platform. */
export class WorkNotFoundError extends AppError {
  readonly code = 'work.not-found';

  constructor(readonly id: string) {
    super('There is no such work.');
  }
}

/** Another try of the work has begun, or it was ended: this one changes nothing any more. */
export class WorkSupersededError extends AppError {
  readonly code = 'work.superseded';

  constructor(readonly id: string) {
    super('Another try of this work has begun meanwhile.');
  }
}

/** Work of this state cannot be tried again, or taken back. */
export class WorkStateRefusedError extends AppError {
  readonly code = 'work.state-refused';

  constructor(
    readonly id: string,
    readonly state: string,
  ) {
    super(`The work is ${state}; that cannot be done now.`);
  }
}
