import { AppError } from '#kernel/errors/app-error.js';

/** Whoever asks may not do this; the reason says by which rule. */
export class AccessDeniedError extends AppError {
  readonly code = 'access.denied';

  constructor(
    readonly permission: string,
    reason: string,
  ) {
    super(reason);
  }
}

/** It would be allowed right after giving the password again. */
export class StepUpRequiredError extends AppError {
  readonly code = 'access.step-up-required';

  constructor(readonly permission: string) {
    super('Give your password again; it must have been given within the last five minutes.');
  }
}

/** The tenant's plan does not have what this needs. */
export class PlanRequiredError extends AppError {
  readonly code = 'access.plan-required';

  constructor(
    readonly permission: string,
    /** The least plan that would do; undefined when none has it. */
    readonly requiredPlan: string | undefined,
  ) {
    super(requiredPlan === undefined ? 'No plan includes this.' : `This needs the plan ${requiredPlan}.`);
  }
}

/** The plan has what this needs, and it is switched off: by the tenant, by the platform, or because it is not let out yet. */
export class FeatureClosedError extends AppError {
  readonly code = 'access.feature-closed';

  constructor(
    readonly permission: string,
    reason: string,
  ) {
    super(reason);
  }
}

/** The tenant may only read: an invoice has been open for too long. */
export class ReadOnlyError extends AppError {
  readonly code = 'access.read-only';

  constructor(readonly permission: string) {
    super('Nothing can be changed until the open invoice is paid; everything can be read.');
  }
}

/** A route of a tenant says neither that it is public nor what its callers must be allowed: a fault of the product. */
export class AccessUndeclaredError extends AppError {
  readonly code = 'access.undeclared';

  constructor(readonly route: string) {
    super(`${route} does not declare a permission.`);
  }
}

/** Somebody tried to give, or to change what gives, a right that they do not have without limits themselves. */
export class BeyondOwnRightsError extends AppError {
  readonly code = 'access.beyond-own-rights';

  constructor(readonly permissions: readonly string[]) {
    super(`You do not have what this would give: ${permissions.join(', ')}.`);
  }
}
