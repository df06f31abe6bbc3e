import { AppError } from '#kernel/errors/app-error.js';

/** The tenant's card was never made: its creation did not come to its end. */
export class CompanyMissingError extends AppError {
  readonly code = 'company.missing';

  constructor() {
    super('This company has not been set up to its end.');
  }
}
