import { createHash, timingSafeEqual } from 'node:crypto';
import { UnauthenticatedError } from '#kernel/resolution/access.errors.js';

/** The one credential of the operators' host. */
export class OperatorToken {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /** Raises UnauthenticatedError; takes the same time however much of a guess is right. */
  require(authorization: readonly string[]): void {
    const [header = ''] = authorization;
    const given = /^bearer +(\S+)$/i.exec(header)?.[1] ?? '';
    if (authorization.length !== 1 || !timingSafeEqual(digestOf(given), this.#digest)) throw new UnauthenticatedError();
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
