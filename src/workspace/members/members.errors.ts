import { AppError } from '#kernel/errors/app-error.js';

/** This tenant has no such member. */
export class MemberNotFoundError extends AppError {
  readonly code = 'members.not-found';

  constructor() {
    super('There is no such user.');
  }
}

/** Somebody of this tenant has this e-mail address already, perhaps somebody who was disabled. */
export class EmailTakenError extends AppError {
  readonly code = 'members.email-taken';

  constructor() {
    super('A user of this e-mail address exists already.');
  }
}

/** The plan has no room for another member who is not disabled; those who are there stay. */
export class MembersOverLimitError extends AppError {
  readonly code = 'access.over-limit';

  constructor(readonly limit: number) {
    super(`The plan has room for ${String(limit)} members.`);
  }
}

/** After this nobody could give anybody the owner's rights again. */
export class LastOwnerError extends AppError {
  readonly code = 'members.last-owner';

  constructor() {
    super('A company keeps at least one active owner.');
  }
}

/** Only somebody who was invited and has not come yet is invited again. */
export class NotInvitedError extends AppError {
  readonly code = 'members.not-invited';

  constructor() {
    super('This user is not waiting for an invitation.');
  }
}
