import { AppError } from '#kernel/errors/app-error.js';

/** More was asked than the plan allows in this time; asking again after `retryAfterSeconds` may be allowed. */
export class RateLimitedError extends AppError {
  readonly code = 'rate.limited';

  constructor(readonly retryAfterSeconds: number) {
    super(`Too many requests; try again in ${retryAfterSeconds} seconds.`);
  }
}
