import { AppError } from '#kernel/errors/app-error.js';
import type { Principal } from '#kernel/resolution/principal.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';

/** No credential, or none that opens this tenant; the two are not told apart. */
export class UnauthenticatedError extends AppError {
  readonly code = 'access.unauthenticated';

  constructor() {
    super('A valid credential is needed.');
  }
}

/** A credential that is good elsewhere came to this tenant's host; callers are told what they are told of one that is good nowhere. */
export class ForeignCredentialError extends UnauthenticatedError {
  constructor(
    readonly tenant: Tenant,
    readonly kind: Principal['kind'],
  ) {
    super();
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
