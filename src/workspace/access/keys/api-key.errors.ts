import { AppError } from '#kernel/errors/app-error.js';

/** This tenant has no such key, or it was revoked before. */
export class ApiKeyNotFoundError extends AppError {
  readonly code = 'access.key-not-found';

  constructor(readonly id: string) {
    super('There is no such key.');
  }
}
