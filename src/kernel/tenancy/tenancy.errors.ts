import { AppError } from '#kernel/errors/app-error.js';

/** Something needed a tenant and none was in scope. */
export class NoTenantInScopeError extends AppError {
  readonly code = 'tenancy.no-tenant';

  constructor(readonly operation: string) {
    super(`Cannot ${operation}: no tenant is in scope.`);
  }
}

/** Work bound to one tenant was used while another was in scope, or a scope was opened inside another tenant's. */
export class WrongTenantInScopeError extends AppError {
  readonly code = 'tenancy.wrong-tenant';

  constructor(
    readonly boundTo: string,
    readonly inScope: string,
  ) {
    super(`This work belongs to tenant ${boundTo}, but tenant ${inScope} is in scope.`);
  }
}

/** A row of one tenant was about to be written while another tenant was in scope. */
export class CrossTenantWriteError extends AppError {
  readonly code = 'tenancy.cross-tenant-write';

  constructor(
    readonly entity: string,
    readonly rowTenantId: string,
    readonly scopeTenantId: string,
  ) {
    super(`${entity} belongs to tenant ${rowTenantId}, but tenant ${scopeTenantId} is in scope.`);
  }
}
