import { AppError } from '#kernel/errors/app-error.js';

/** Another is at work on this server of the run. */
export class LaneTakenError extends AppError {
  readonly code = 'fleet.lane-taken';

  constructor(cluster: string) {
    super(`Another works on ${cluster} for this run.`);
  }
}

/** A run has not come to its end, and whoever drove it cannot: nobody works on it any more, or nobody can be asked. */
export class RunLeftError extends AppError {
  readonly code = 'fleet.left';

  constructor(id: string, why: string, options?: ErrorOptions) {
    super(`Run ${id} has not come to its end, and cannot be seen to it from here: ${why}`, options);
  }
}

const NAMED = 10;

/** A filter names ids that are no tenant's. */
export class TenantsUnknownError extends AppError {
  readonly code = 'fleet.tenants-unknown';

  constructor(readonly tenants: readonly string[]) {
    const more = tenants.length > NAMED ? ` and ${String(tenants.length - NAMED)} more` : '';
    super(`There is no tenant ${tenants.slice(0, NAMED).join(', ')}${more}.`);
  }
}

/** A home is at, or is to be brought to, a version that this build does not have. */
export class VersionUnknownError extends AppError {
  readonly code = 'fleet.version-unknown';

  constructor(readonly version: string) {
    super(`There is no migration ${version} here.`);
  }
}
