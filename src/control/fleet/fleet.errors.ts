import { AppError } from '#kernel/errors/app-error.js';

/** A home is at, or is to be brought to, a version that this build does not have. */
export class VersionUnknownError extends AppError {
  readonly code = 'fleet.version-unknown';

  constructor(readonly version: string) {
    super(`There is no migration ${version} here.`);
  }
}
