import { AppError } from '#kernel/errors/app-error.js';

/** The name is taken, also by a tenant that is being set up or that was cancelled. */
export class SlugTakenError extends AppError {
  readonly code = 'catalog.slug-taken';

  constructor(readonly slug: string) {
    super(`The name ${slug} is taken.`);
  }
}

/** The platform's records cannot be read or written now. */
export class CatalogUnavailableError extends AppError {
  readonly code = 'catalog.unavailable';

  constructor(cause: unknown) {
    super('The catalog is not available.', { cause });
  }
}

/** A tenant of this status cannot become one of that. */
export class TenantStatusRefusedError extends AppError {
  readonly code = 'catalog.status-refused';

  constructor(
    readonly tenantId: string,
    readonly from: string,
    readonly to: string,
  ) {
    super(`Tenant ${tenantId} is ${from}; it cannot become ${to}.`);
  }
}

/** The domain belongs to another tenant, its challenge was not found, or its DNS could not be asked. */
export class DomainRefusedError extends AppError {
  readonly code = 'catalog.domain-refused';

  constructor(
    readonly domain: string,
    readonly reason: string,
  ) {
    super(`${domain} was refused: ${reason}.`);
  }
}
