import { AppError } from '#kernel/errors/app-error.js';

/** Not an account, not its password, or not an account that may sign in; which of them is not said. */
export class LoginRefusedError extends AppError {
  readonly code = 'auth.invalid-login';

  constructor() {
    super('The e-mail address or the password is not right.');
  }
}

/** Too many attempts failed; another is not looked at before `retryAfterSeconds` are over. */
export class LoginLockedError extends AppError {
  readonly code = 'auth.locked';

  constructor(readonly retryAfterSeconds: number) {
    super(`Too many attempts failed; try again in ${retryAfterSeconds} seconds.`);
  }
}

/** As many passwords as this process can look at are being looked at. */
export class AuthBusyError extends AppError {
  readonly code = 'auth.busy';

  constructor() {
    super('Too many people are signing in at this moment.');
  }
}

/** The person is signed in, and gave another password than their own. */
export class PasswordWrongError extends AppError {
  readonly code = 'auth.password-wrong';

  constructor() {
    super('The password is not right.');
  }
}

/** A new password is too easy to guess; `pointer` is the field it came in, `reason` is for the person who chose it. */
export class PasswordRefusedError extends AppError {
  readonly code = 'auth.password-refused';

  constructor(
    readonly pointer: string,
    readonly reason: string,
  ) {
    super(`Choose another password: it ${reason}.`);
  }
}

/** The link was used, replaced by a newer one, is too old, or was never one. */
export class LinkInvalidError extends AppError {
  readonly code = 'auth.link-invalid';

  constructor() {
    super('This link is not valid any more; ask for a new one.');
  }
}

/** The refresh token opens nothing; `isOver` tells that its session was ended, so that there is nothing to keep. */
export class SessionEndedError extends AppError {
  readonly code = 'auth.session-ended';

  constructor(readonly isOver: boolean) {
    super('Sign in again.');
  }
}

/** Another request is using the same refresh token at this moment; what it got is not known here. */
export class RefreshRacedError extends AppError {
  readonly code = 'auth.refresh-raced';

  constructor() {
    super('This session is being renewed by another request.');
  }
}

/** There is no such session of this member, or not any more. */
export class SessionNotFoundError extends AppError {
  readonly code = 'auth.session-not-found';

  constructor() {
    super('There is no such session.');
  }
}

/** Only a person who is signed in can do this; a machine has no password, no sessions and no name. */
export class MembersOnlyError extends AppError {
  readonly code = 'auth.members-only';

  constructor() {
    super('Only a signed-in member can do this.');
  }
}
