import { AppError } from '#kernel/errors/app-error.js';

/** A secret as its store knows it: `version` changes whenever the value does, and may be logged; `value` may not. */
export interface Secret {
  readonly value: string;
  readonly version: string;
}

/**
 * Where secrets live. A read is bounded in time (well under two seconds) because a request may be waiting for it.
 * Raises SecretNotFoundError and SecretsUnavailableError, never a message that holds a value.
 */
export interface SecretSource {
  get(name: string): Promise<Secret>;
  /** Writes a new version, also over a name that was deleted before. */
  set(name: string, value: string): Promise<Secret>;
  /** Removes the name and every version for good; succeeds when it is gone already. */
  delete(name: string): Promise<void>;
  /** Every name that is not deleted; for the reconciler. */
  names(): AsyncIterable<string>;
  /** Every name that is deleted and could be recovered; for whoever has to be sure that it is gone. */
  deletedNames(): AsyncIterable<string>;
}

/** The store answers, and has no such secret. */
export class SecretNotFoundError extends AppError {
  readonly code = 'secrets.not-found';

  constructor(readonly secret: string) {
    super(`No secret is named ${secret}.`);
  }
}

/** The store could not be asked: refused, throttled, failing, too slow or unreachable. */
export class SecretsUnavailableError extends AppError {
  readonly code = 'secrets.unavailable';

  constructor(
    readonly secret: string,
    cause: unknown,
  ) {
    super(`The secret store did not answer for ${secret}.`, { cause });
  }
}
