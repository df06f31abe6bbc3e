import { AppError } from '#kernel/errors/app-error.js';

/** This tenant has no such override. */
export class OverrideNotFoundError extends AppError {
  readonly code = 'access.override-not-found';

  constructor(readonly id: string) {
    super('There is no such override.');
  }
}

/** A right was to be given to, or taken from, somebody this tenant does not have. */
export class HolderUnknownError extends AppError {
  readonly code = 'access.holder-unknown';

  constructor(
    readonly kind: string,
    readonly id: string,
  ) {
    super(`There is no ${kind} ${id}.`);
  }
}

/** Owners' rights are not taken one by one, or a tenant could lose the last who has them. */
export class OwnerKeptError extends AppError {
  readonly code = 'access.owner-kept';

  constructor() {
    super('An owner is refused nothing; take the role away instead.');
  }
}
