import type { Lockout, LockoutSubject } from '#kernel/limits/lockout.js';
import { LoginLockedError } from '../auth.errors.js';
import type { PasswordHasher } from './password-hasher.js';

/** Compares a password with what is kept of one, and counts who fails; what the account is, and whether it exists, makes no difference to the work. */
export class PasswordCheck {
  constructor(
    private readonly hasher: PasswordHasher,
    private readonly lockout: Lockout,
  ) {}

  /**
   * Whether it is the one; null is never matched. Waiting is asked for again in the turn, where only four at a time can be past the
   * question. Raises LoginLockedError and AuthBusyError.
   */
  async isRight(subject: LockoutSubject, stored: string | null, password: string): Promise<boolean> {
    await this.#requireNoWait(subject);
    return this.hasher.inTurn(async (turn) => {
      await this.#requireNoWait(subject);
      const isRight = await turn.matches(stored, password);
      await (isRight ? this.lockout.succeeded(subject) : this.lockout.failed(subject));
      return isRight;
    });
  }

  async #requireNoWait(subject: LockoutSubject): Promise<void> {
    const seconds = await this.lockout.waitSeconds(subject);
    if (seconds > 0) throw new LoginLockedError(seconds);
  }
}
