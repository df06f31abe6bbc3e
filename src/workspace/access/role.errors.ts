import { AppError } from '#kernel/errors/app-error.js';

/** There is no such permission in this release. */
export class PermissionUnknownError extends AppError {
  readonly code = 'access.permission-unknown';

  constructor(readonly permission: string) {
    super(`There is no permission ${permission}.`);
  }
}

/** A role was named that this tenant does not have. */
export class RoleUnknownError extends AppError {
  readonly code = 'access.role-unknown';

  constructor(readonly role: string) {
    super(`There is no role ${role}.`);
  }
}

/** This tenant has no role with this id. */
export class RoleNotFoundError extends AppError {
  readonly code = 'access.role-not-found';

  constructor(readonly id: string) {
    super('There is no such role.');
  }
}

/** Another role has this key already, or had it first. */
export class RoleKeyTakenError extends AppError {
  readonly code = 'access.role-key-taken';

  constructor(
    readonly key: string,
    options?: ErrorOptions,
  ) {
    super(`There is a role ${key} already.`, options);
  }
}

/** Roles every tenant has are not changed. */
export class SystemRoleFixedError extends AppError {
  readonly code = 'access.role-fixed';

  constructor(readonly role: string) {
    super(`The role ${role} is the same for everybody and cannot be changed.`);
  }
}

/** A role would be among its own ancestors. */
export class RoleCycleError extends AppError {
  readonly code = 'access.role-cycle';

  constructor(readonly path: readonly string[]) {
    super(`A role cannot inherit from itself: ${path.join(' > ')}.`);
  }
}

/** A chain of parents would be longer than may be. */
export class RoleTooDeepError extends AppError {
  readonly code = 'access.role-too-deep';

  constructor(readonly most: number) {
    super(`A role may be at most ${most} roles deep.`);
  }
}

/** The plan has no room for it; what is there stays usable. */
export class RolesOverLimitError extends AppError {
  readonly code = 'access.over-limit';

  constructor(readonly most: number) {
    super(`The plan has room for ${most} roles of your own.`);
  }
}

/** A role that somebody has, that another one inherits from, or that overrides name, cannot go. */
export class RoleInUseError extends AppError {
  readonly code = 'access.role-in-use';

  constructor(readonly role: string) {
    super(`The role ${role} is in use.`);
  }
}
