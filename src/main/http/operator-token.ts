import { createHash, timingSafeEqual } from 'node:crypto';
import type { OperatorOrigin } from '#kernel/work/work-origin.js';

/** Who comes with the operators' token: nobody by name, with every right, for when nobody can sign in. */
export const TOKEN_OPERATOR: OperatorOrigin = Object.freeze({
  id: 'operator-token',
  name: 'operator-token',
  roles: Object.freeze(['owner'] as const),
  sessionId: null,
});

/** The one credential of the operators' host that no catalog is asked about. */
export class OperatorToken {
  readonly #digest: Buffer;

  constructor(token: string) {
    this.#digest = digestOf(token);
  }

  /** Takes the same time however much of a guess is right. */
  is(given: string): boolean {
    return timingSafeEqual(digestOf(given), this.#digest);
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
