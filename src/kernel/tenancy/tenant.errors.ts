import { AppError } from '#kernel/errors/app-error.js';

/** No tenant has this name, id, domain or credential. */
export class TenantUnknownError extends AppError {
  readonly code = 'tenant.unknown';

  constructor() {
    super('There is no such tenant.');
  }
}

/** The tenant is being set up; asking again soon is right. */
export class TenantProvisioningError extends AppError {
  readonly code = 'tenant.provisioning';

  constructor() {
    super('This tenant is being set up.');
  }
}

/** The tenant was suspended; its data is kept. */
export class TenantSuspendedError extends AppError {
  readonly code = 'tenant.suspended';

  constructor() {
    super('This tenant is suspended. Its data is kept; ask billing to restore access.');
  }
}

/** The tenant was cancelled; its data is kept until retention ends. */
export class TenantCancelledError extends AppError {
  readonly code = 'tenant.cancelled';

  constructor() {
    super('This tenant was cancelled.');
  }
}

/** The tenant is served from another region. */
export class TenantMisdirectedError extends AppError {
  readonly code = 'tenant.misdirected';

  constructor(readonly region: string) {
    super(`This tenant is served from region ${region}.`);
  }
}

/** The tenant's tables are at a version that this build cannot serve; another build can, or this one soon. */
export class TenantMigratingError extends AppError {
  readonly code = 'tenant.migrating';

  constructor() {
    super('This tenant is being brought to another version; try again in a moment.');
  }
}

/** The tenant's home is closed for the seconds of a cutover. */
export class TenantMovingError extends AppError {
  readonly code = 'tenant.moving';

  constructor(options?: ErrorOptions) {
    super('This tenant is being moved; try again in a moment.', options);
  }
}

/** The tenant's database did not answer in time, refused, or is not the tenant's; others are not touched by it. */
export class TenantUnavailableError extends AppError {
  readonly code = 'tenant.unavailable';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super('The database of this tenant is not available.', options);
  }
}

/** The tenant has as much work under way as one tenant may have. */
export class TenantBusyError extends AppError {
  readonly code = 'tenant.busy';

  constructor(options?: ErrorOptions) {
    super('This tenant has too much work under way; try again in a moment.', options);
  }
}
