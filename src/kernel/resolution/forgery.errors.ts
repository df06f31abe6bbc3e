import { AppError } from '#kernel/errors/app-error.js';

/** A change was asked for with cookies alone, which a browser sends for anybody. */
export class ForgeryTokenMissingError extends AppError {
  readonly code = 'csrf.missing';

  constructor() {
    super('Send the value of the cookie __Host-csrf as X-CSRF-Token.');
  }
}

/** The anti-forgery token is not one of this session. */
export class ForgeryTokenMismatchError extends AppError {
  readonly code = 'csrf.mismatch';

  constructor() {
    super('X-CSRF-Token is not one of this session.');
  }
}

/** A page of another host asked for a change, or a browser did not say whose page it was. */
export class CrossSiteRequestError extends AppError {
  readonly code = 'csrf.cross-site';

  constructor() {
    super('Changes are taken from pages of this host only.');
  }
}
