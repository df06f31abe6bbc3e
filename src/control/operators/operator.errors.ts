import { AppError } from '#kernel/errors/app-error.js';

/** The roles of this operator do not give this. */
export class OperatorDeniedError extends AppError {
  readonly code = 'operators.denied';

  constructor(readonly permission: string) {
    super(`Your roles do not give you ${permission}.`);
  }
}

/** Only an operator who signed in can do this; the operators' token has no sessions. */
export class OperatorSessionNeededError extends AppError {
  readonly code = 'operators.session-needed';

  constructor() {
    super('Only an operator who is signed in can do this.');
  }
}

/** There is no such operator. */
export class OperatorNotFoundError extends AppError {
  readonly code = 'operators.not-found';

  constructor() {
    super('There is no such operator.');
  }
}

/** Somebody of this address is an operator already, or was one. */
export class OperatorEmailTakenError extends AppError {
  readonly code = 'operators.email-taken';

  constructor() {
    super('There is an operator of this e-mail address.');
  }
}

/** Nobody would be left who may everything. */
export class LastOperatorOwnerError extends AppError {
  readonly code = 'operators.last-owner';

  constructor() {
    super('Make somebody else an owner first.');
  }
}

/** It would give, or take, a role that may more than whoever asks. */
export class BeyondOperatorRightsError extends AppError {
  readonly code = 'operators.beyond-own-rights';

  constructor() {
    super('A role can be given or taken by who may all that it gives.');
  }
}

/** A disabled operator gets no link; they are made active first. */
export class OperatorDisabledError extends AppError {
  readonly code = 'operators.disabled';

  constructor() {
    super('This operator is disabled.');
  }
}
