import { AppError } from '#kernel/errors/app-error.js';

/** Nothing is served at this address under this host. */
export class RouteUnknownError extends AppError {
  readonly code = 'route.unknown';

  constructor() {
    super('There is nothing at this address.');
  }
}

/** The request target cannot be read. */
export class RouteMalformedError extends AppError {
  readonly code = 'route.malformed';

  constructor() {
    super('The address of the request cannot be read.');
  }
}

/** There is something at this address, and it cannot be asked in this way. */
export class MethodNotAllowedError extends AppError {
  readonly code = 'route.method-not-allowed';

  constructor(readonly allowed: readonly string[]) {
    super('This address does not have that method.');
  }
}

/** The body is missing, or is not JSON that can be trusted. */
export class BodyMalformedError extends AppError {
  readonly code = 'body.malformed';

  constructor(options?: ErrorOptions) {
    super('The body must be well-formed JSON.', options);
  }
}

/** The body is longer than one may be. */
export class BodyTooLargeError extends AppError {
  readonly code = 'body.too-large';

  constructor() {
    super('The body is too large.');
  }
}

/** The body is of a type that is not read here. */
export class BodyTypeUnsupportedError extends AppError {
  readonly code = 'body.unsupported-type';

  constructor() {
    super('Send the body as application/json.');
  }
}

/** The body is compressed, or written in another alphabet than UTF-8. */
export class BodyEncodingUnsupportedError extends AppError {
  readonly code = 'body.unsupported-encoding';

  constructor() {
    super('Send the body in UTF-8, and without Content-Encoding.');
  }
}

/** One value that was not accepted, by its JSON pointer. */
export interface FieldProblem {
  readonly pointer: string;
  readonly detail: string;
}

/** What was sent is well formed and not acceptable; every problem that is known is listed. */
export class ValidationFailedError extends AppError {
  readonly code = 'validation.failed';

  constructor(
    readonly errors: readonly FieldProblem[],
    options?: ErrorOptions,
  ) {
    super('Some values are not acceptable.', options);
  }
}

/** A tenant's route was about to run without its tenant in scope: a fault of the product, never of the caller. */
export class ScopeMissingError extends AppError {
  readonly code = 'http.scope-missing';

  constructor(readonly route: string) {
    super(`${route} was reached without a tenant in scope.`);
  }
}
