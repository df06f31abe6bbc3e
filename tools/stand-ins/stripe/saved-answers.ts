import { createHash } from 'node:crypto';
import type { Answer } from '../common/answer.js';
import { StripeRefusal } from './stripe-refusal.js';

const KEPT = 100_000;

interface Saved {
  readonly fingerprint: string;
  answer: Answer | undefined;
}

/** What was answered under which Idempotency-Key, failures included: the same key gets the same answer, the work is not done again. */
export class SavedAnswers {
  private readonly saved = new Map<string, Saved>();

  /**
   * The answer that was saved, or undefined after taking the key for work that begins now. Raises StripeRefusal when the key was used for
   * another request, or its work is still under way.
   */
  take(key: string, method: string, path: string, body: string): Answer | undefined {
    const fingerprint = createHash('sha256').update(`${method} ${path}\n${body}`).digest('base64');
    const found = this.saved.get(key);
    if (!found) {
      this.saved.set(key, { fingerprint, answer: undefined });
      if (this.saved.size > KEPT) this.saved.delete(this.saved.keys().next().value as string);
      return undefined;
    }
    if (found.fingerprint !== fingerprint) throw new StripeRefusal(400, { type: 'idempotency_error', message: mismatch(key) }, false);
    if (!found.answer) {
      const message = `There is currently another in-progress request using this Idempotent Key.`;
      throw new StripeRefusal(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message }, false);
    }
    return found.answer;
  }

  save(key: string, answer: Answer): void {
    const found = this.saved.get(key);
    if (found) found.answer = answer;
  }

  /** The work was not begun: the key is as free as before. */
  free(key: string): void {
    this.saved.delete(key);
  }
}

function mismatch(key: string): string {
  return `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`;
}
