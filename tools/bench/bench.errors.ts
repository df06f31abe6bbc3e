import { AppError } from '#kernel/errors/app-error.js';

/** A measured operation gave something else than the rows of its tenant: what it took does not matter. */
export class WrongAnswerError extends AppError {
  readonly code = 'bench.wrong-answer';

  constructor(
    readonly operation: string,
    found: string,
  ) {
    super(`${operation} answered wrongly: ${found}.`);
  }
}

/** An operation took another number of round trips than it may. */
export class RoundTripsError extends AppError {
  readonly code = 'bench.round-trips';

  constructor(
    readonly operation: string,
    readonly found: number,
    readonly expected: number,
  ) {
    super(`${operation} took ${found} round trips on the wire; it may take ${expected}.`);
  }
}
