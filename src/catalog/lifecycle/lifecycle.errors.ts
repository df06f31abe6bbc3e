import { AppError } from '#kernel/errors/app-error.js';

/** What is left of the tenant is being taken away, or is gone: it can be neither reactivated nor held. */
export class ErasureBegunError extends AppError {
  readonly code = 'lifecycle.erasure-begun';

  constructor(readonly tenantId: string) {
    super(`The data of tenant ${tenantId} is being erased; that cannot be stopped or taken back.`);
  }
}
