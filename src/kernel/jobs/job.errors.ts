import { AppError } from '#kernel/errors/app-error.js';

/** Trying again cannot help: the job is laid aside at once. */
export class UnrecoverableJobError extends AppError {
  readonly code = 'jobs.unrecoverable';
}

/** A later try of the same job has begun, or it was ended: what this one wrote is not kept. */
export class JobSupersededError extends AppError {
  readonly code = 'jobs.superseded';

  constructor(readonly id: string) {
    super('Another try of this job has begun meanwhile.');
  }
}

/** There is no job of this name in this release. */
export class JobUnknownError extends AppError {
  readonly code = 'jobs.unknown-kind';

  constructor(readonly kind: string) {
    super(`There is no job named ${kind}.`);
  }
}

/** Whoever asked for the job may not have it done any more. */
export class JobRefusedError extends AppError {
  readonly code = 'jobs.refused';

  constructor(readonly reason: string) {
    super(`Whoever asked for it is not allowed to: ${reason}.`);
  }
}

/** A try took longer than its kind may; what it writes from then on is not kept. */
export class JobTimeoutError extends AppError {
  readonly code = 'jobs.timeout';

  constructor(readonly milliseconds: number) {
    super(`It was not done within ${milliseconds} ms.`);
  }
}

/** The tries could not be handed to the transport. */
export class JobTransportError extends AppError {
  readonly code = 'jobs.transport';

  constructor(options?: ErrorOptions) {
    super('The queue does not take jobs at present.', options);
  }
}

/** There is no such job of this tenant. */
export class JobNotFoundError extends AppError {
  readonly code = 'jobs.not-found';

  constructor(readonly id: string) {
    super('There is no such job.');
  }
}

/** Only a job that was laid aside can be asked for again. */
export class JobNotDeadError extends AppError {
  readonly code = 'jobs.not-dead';

  constructor(
    readonly id: string,
    readonly state: string,
  ) {
    super(`The job is ${state}; only a dead one can be tried again.`);
  }
}
