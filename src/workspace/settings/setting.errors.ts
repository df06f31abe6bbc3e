import { AppError } from '#kernel/errors/app-error.js';

/** There is no setting of that name to look at. */
export class SettingNotFoundError extends AppError {
  readonly code = 'settings.not-found';

  constructor(readonly key: string) {
    super('There is no such setting.');
  }
}

/** There is no setting of that name to be set. */
export class SettingUnknownError extends AppError {
  readonly code = 'settings.unknown-key';

  constructor(readonly key: string) {
    super('There is no setting of this name.');
  }
}

/** The value, or the time until which it is to count, is not what the setting takes; pointers are into the body. */
export class SettingInvalidError extends AppError {
  readonly code = 'settings.invalid-value';

  constructor(
    readonly key: string,
    readonly errors: readonly { readonly pointer: string; readonly detail: string }[],
  ) {
    super('The setting does not take this.');
  }
}

/** The tenant's plan, or the platform, does not give as much. */
export class SettingBeyondPlanError extends AppError {
  readonly code = 'settings.beyond-plan';

  constructor(readonly key: string) {
    super('This is more than the tenant was given.');
  }
}
