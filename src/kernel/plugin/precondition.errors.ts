import { AppError } from '#kernel/errors/app-error.js';

/** A change must say which version it is based on. */
export class PreconditionRequiredError extends AppError {
  readonly code = 'precondition.required';

  constructor() {
    super('Send If-Match with the ETag this change is based on.');
  }
}

/** Somebody else has changed it meanwhile; `current` is what it is now, when that is known. */
export class StaleVersionError extends AppError {
  readonly code = 'precondition.failed';

  constructor(readonly current?: number) {
    super('It was changed meanwhile; read it again and repeat the change.');
  }
}
