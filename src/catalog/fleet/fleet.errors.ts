import { AppError } from '#kernel/errors/app-error.js';

/** There is no such run. */
export class RunNotFoundError extends AppError {
  readonly code = 'fleet.run-unknown';

  constructor(id: string) {
    super(`There is no run ${id}.`);
  }
}

/** A run is not in a state in which this can be asked of it. */
export class RunStateRefusedError extends AppError {
  readonly code = 'fleet.state-refused';

  constructor(id: string, state: string) {
    super(`Run ${id} is ${state}.`);
  }
}

/** One run at a time: this one has not come to its end. */
export class RunUnderWayError extends AppError {
  readonly code = 'fleet.run-under-way';

  constructor(id: string) {
    super(`Run ${id} has not come to its end. Wait for it, resume it or abort it.`);
  }
}
