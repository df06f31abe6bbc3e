import { AppError } from '#kernel/errors/app-error.js';

/** A request that makes something came without an Idempotency-Key, or with one that cannot be read. */
export class IdempotencyKeyNeededError extends AppError {
  readonly code = 'idempotency.key-needed';

  constructor() {
    super('Send an Idempotency-Key of 1 to 255 visible ASCII characters, a new one for each thing to be made.');
  }
}

/** The key was used before for another request. */
export class IdempotencyKeyReusedError extends AppError {
  readonly code = 'idempotency.key-reused';

  constructor() {
    super('This Idempotency-Key was used for another request; use a new one.');
  }
}

/** The first request with this key is still being worked on. */
export class IdempotencyInProgressError extends AppError {
  readonly code = 'idempotency.in-progress';

  constructor(options?: ErrorOptions) {
    super('The first request with this Idempotency-Key is still being worked on.', options);
  }
}
