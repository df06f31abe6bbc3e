import { AppError } from '#kernel/errors/app-error.js';

/** The store answers, and has no such object. */
export class ObjectNotFoundError extends AppError {
  readonly code = 'objects.not-found';

  constructor(readonly key: string) {
    super(`No object is stored as ${key}.`);
  }
}

/** The store could not be asked: refused, throttled, failing, full, too slow or unreachable. */
export class ObjectStoreUnavailableError extends AppError {
  readonly code = 'objects.unavailable';

  constructor(
    readonly key: string,
    cause: unknown,
  ) {
    super(`The object store did not answer for ${key}.`, { cause });
  }
}

/** A key or a prefix that the stores do not take. The text is not repeated: it may come from a caller who tries to get elsewhere. */
export class InvalidObjectKeyError extends AppError {
  readonly code = 'objects.invalid-key';

  constructor() {
    super('An object key has parts of lower-case letters, digits and hyphens.');
  }
}

/** The body is longer or shorter than was declared; nothing of it was kept. `received` counts up to the byte too many. */
export class WrongObjectSizeError extends AppError {
  readonly code = 'objects.wrong-size';

  constructor(
    readonly declared: number,
    readonly received: number,
  ) {
    super(`The body has ${received > declared ? 'more than' : 'only'} ${Math.min(received, declared)} of the ${declared} bytes declared.`);
  }
}

/** The body is not the one whose SHA-256 was declared; nothing of it was kept. */
export class WrongObjectChecksumError extends AppError {
  readonly code = 'objects.wrong-checksum';

  constructor(
    readonly declared: string,
    readonly received: string,
  ) {
    super(`The body has the SHA-256 ${received}, not ${declared} as declared.`);
  }
}

/** The body ended in an error of its own, as when a caller hangs up; nothing of it was kept. */
export class UploadInterruptedError extends AppError {
  readonly code = 'objects.upload-interrupted';

  constructor(cause: unknown) {
    super('The body broke off.', { cause });
  }
}
