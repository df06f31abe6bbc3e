import { AppError } from '#kernel/errors/app-error.js';

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
