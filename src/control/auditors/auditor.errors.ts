import { AppError } from '#kernel/errors/app-error.js';

/** The tenant has no such auditor. */
export class AuditorNotFoundError extends AppError {
  readonly code = 'auditors.not-found';

  constructor(readonly auditorId: string) {
    super('This tenant has no such auditor.');
  }
}

/** A login of an auditor ends, and not in the past. */
export class AuditorExpiryRefusedError extends AppError {
  readonly code = 'auditors.expiry-refused';

  constructor(readonly mostDays: number) {
    super(`An auditor is let in until a time to come, at most ${String(mostDays)} days from now.`);
  }
}

/** Who is not active has no rows that anybody may look at. */
export class AuditedTenantClosedError extends AppError {
  readonly code = 'auditors.tenant-closed';

  constructor(readonly status: string) {
    super(`An auditor is let in to an active tenant; this one is ${status}.`);
  }
}

/** The database did not do it, and nothing of the login is left or it will be ended by itself. */
export class AuditorLoginFailedError extends AppError {
  readonly code = 'auditors.login-failed';

  constructor(options: ErrorOptions) {
    super('The login could not be made or ended: the tenant’s database did not answer as it should.', options);
  }
}

/** The time of an auditor is not over by the clock that was asked; it may be in a moment. */
export class AuditorNotDueError extends AppError {
  readonly code = 'auditors.not-due';

  constructor(readonly auditorId: string) {
    super(`The time of auditor ${auditorId} is not over.`);
  }
}
