import { AppError } from '#kernel/errors/app-error.js';

/** The plan is agreed with sales and cannot be signed up for. */
export class SalesOnlyError extends AppError {
  readonly code = 'signup.sales-only';

  constructor(readonly plan: string) {
    super(`The plan ${plan} is agreed with sales; it cannot be signed up for here.`);
  }
}

/** Those who run the platform take nobody new at the moment, for this plan or in this region. */
export class SignUpClosedError extends AppError {
  readonly code = 'signup.closed';

  constructor() {
    super('Nobody can sign up at the moment; try again later.');
  }
}

/** The name cannot be a tenant's in addresses. */
export class SlugRefusedError extends AppError {
  readonly code = 'signup.slug-refused';

  constructor(readonly slug: string) {
    super('The slug must be 3 to 40 of a-z, 0-9 and -, begin and end with a letter or digit, and not be a reserved name.');
  }
}

/** Nobody can be told there: it is not an address of https, or not one of the open internet. */
export class NoticeAddressRefusedError extends AppError {
  readonly code = 'signup.notify-url-refused';

  constructor(readonly reason: string) {
    super(`The notifyUrl cannot be used: ${reason}.`);
  }
}

/** The address did not take the notice. */
export class NoticeFailedError extends AppError {
  readonly code = 'signup.notice-failed';

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`The notice was not taken: ${reason}.`, options);
  }
}

/** There is no such onboarding. */
export class OnboardingNotFoundError extends AppError {
  readonly code = 'signup.not-found';

  constructor() {
    super('There is no such onboarding.');
  }
}

/** An onboarding in this state cannot be tried again, or taken back. */
export class OnboardingStateRefusedError extends AppError {
  readonly code = 'signup.state-refused';

  constructor(
    readonly state: string,
    options?: ErrorOptions,
  ) {
    super(`The onboarding is ${state}; that cannot be done now.`, options);
  }
}

/** Something of the tenant is still there after its place was taken away. */
export class PlaceNotGoneError extends AppError {
  readonly code = 'onboarding.place-not-gone';

  constructor(readonly remains: readonly string[]) {
    super(`There is still ${remains.join(', ')}.`);
  }
}

/** What was to be made was not; what there was of it is said. */
export class NotOnboardedError extends AppError {
  readonly code = 'onboarding.not-done';

  constructor(
    readonly onboardingId: string,
    readonly state: string,
    readonly reason: string,
  ) {
    super(`Onboarding ${onboardingId} ended ${state}. ${reason}`);
  }
}
