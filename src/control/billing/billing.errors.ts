import { AppError } from '#kernel/errors/app-error.js';

/** The link was not made here, is damaged, or is over. */
export class PayLinkInvalidError extends AppError {
  readonly code = 'billing.link-invalid';

  constructor() {
    super('The link is not valid any more; ask an owner to sign in, or us for a new one.');
  }
}

/** What came to the webhook is larger than any notice is. */
export class NoticeTooLargeError extends AppError {
  readonly code = 'billing.notice-too-large';

  constructor(readonly atMost: number) {
    super(`A notice has at most ${String(atMost)} bytes.`);
  }
}

/** There is no subscription that could be changed. */
export class NoSubscriptionError extends AppError {
  readonly code = 'billing.no-subscription';

  constructor() {
    super('There is no subscription to change; begin one by checkout.');
  }
}

/** Nothing is sold by that name. */
export class PlanNotSoldError extends AppError {
  readonly code = 'billing.plan-unknown';

  constructor(readonly plan: string) {
    super(`There is no plan ${plan}.`);
  }
}

/** The plan is sold by people only. */
export class SalesOnlyPlanError extends AppError {
  readonly code = 'billing.sales-only';

  constructor(readonly plan: string) {
    super(`The plan ${plan} is agreed with our sales.`);
  }
}

/** It is the plan already, and no other is to follow. */
export class SamePlanError extends AppError {
  readonly code = 'billing.same-plan';

  constructor(readonly plan: string) {
    super(`The plan is ${plan} already.`);
  }
}

/** What was previewed is not of now any more. */
export class PreviewOutdatedError extends AppError {
  readonly code = 'billing.preview-outdated';

  constructor() {
    super('The preview is too old; ask for another.');
  }
}
