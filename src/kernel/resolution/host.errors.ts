import { AppError } from '#kernel/errors/app-error.js';

/** The request does not say in one unmistakable way which host it is for. */
export class HostInvalidError extends AppError {
  readonly code = 'host.invalid';

  constructor() {
    super('The request must name exactly one valid host.');
  }
}

/** Nobody is served under this host. */
export class HostUnknownError extends AppError {
  readonly code = 'host.unknown';

  constructor() {
    super('Nothing is served under this host.');
  }
}
