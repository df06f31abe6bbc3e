import { AppError } from '#kernel/errors/app-error.js';

/** No plan knows an entitlement of that name, or it takes a value of another kind. */
export class EntitlementUnknownError extends AppError {
  readonly code = 'entitlements.unknown';

  constructor(readonly key: string) {
    super(`There is no entitlement ${key} that takes such a value.`);
  }
}

/** Nothing was agreed under that name. */
export class EntitlementNotFoundError extends AppError {
  readonly code = 'entitlements.not-found';

  constructor(readonly key: string) {
    super(`Nothing was agreed about ${key}.`);
  }
}
