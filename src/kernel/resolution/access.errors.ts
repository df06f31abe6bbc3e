import { AppError } from '#kernel/errors/app-error.js';

/** No credential, or none that opens this tenant; the two are not told apart. */
export class UnauthenticatedError extends AppError {
  readonly code = 'access.unauthenticated';

  constructor() {
    super('A valid credential is needed.');
  }
}

/** X-Tenant-Id names another tenant than the credential does. */
export class TenantMismatchError extends AppError {
  readonly code = 'access.tenant-mismatch';

  constructor() {
    super('X-Tenant-Id does not name the tenant of this credential.');
  }
}

/** Two different credentials came with one request; choosing one of them would be a guess. */
export class AmbiguousCredentialsError extends AppError {
  readonly code = 'access.ambiguous-credentials';

  constructor() {
    super('Send one credential.');
  }
}
