import { AppError } from '#kernel/errors/app-error.js';

/** A home is at a version that this application does not have. */
export class VersionUnknownError extends AppError {
  readonly code = 'fleet.version-unknown';

  constructor(readonly version: string) {
    super(`There is no migration ${version} here.`);
  }
}
