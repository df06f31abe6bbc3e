import { AppError } from '#kernel/errors/app-error.js';

/** All that the plan includes of something was used in this billing period. */
export class UsageExhaustedError extends AppError {
  readonly code = 'usage.exhausted';

  constructor(
    readonly meter: string,
    readonly included: number,
    /** When the next period begins. */
    readonly until: Date,
  ) {
    super(`All ${String(included)} ${meter} of this period were used; the next begins on ${until.toISOString()}.`);
  }
}
