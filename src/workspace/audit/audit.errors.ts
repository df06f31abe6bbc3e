import { AppError } from '#kernel/errors/app-error.js';

/** Something was put on record in a way that nobody declared. Raised while developing; in production the entry is kept as a violation. */
export class AuditSchemaViolationError extends AppError {
  readonly code = 'audit.schema-violation';

  constructor(
    readonly action: string,
    readonly problems: readonly string[],
  ) {
    super(`${action} is not on record as it was declared: ${problems.join('; ')}.`);
  }
}
