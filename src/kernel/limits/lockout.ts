/** Who tries to prove who they are. Another tenant's account of the same name, and the same peer at another tenant, are other subjects. */
export interface LockoutSubject {
  readonly tenantId: string;
  /** What names the account, in the one spelling in which it is looked up; it need not exist. It is kept as a keyed hash alone. */
  readonly account: string;
  /** The network address the attempt came from. */
  readonly peer: string;
}

/**
 * Slows down guessing: after five failures of an account it must wait 1, 2, 4 … seconds, 15 minutes at most; after 50 failures of a peer,
 * until 15 minutes are over. It only counts: whoever is signed in, or sets a new password by mail, is not stopped. It never fails.
 *
 * Ask `waitSeconds` before anything is compared and refuse without comparing when it is not 0. Attempts made at the same time all see the
 * state before any of them failed, so how many may be compared at once has to be bounded elsewhere.
 */
export abstract class Lockout {
  /** Counts a failure for the account and the peer. */
  abstract failed(subject: LockoutSubject): Promise<void>;

  /** Forgets the failures of the account; those of the peer stay, or one account of its own would free an attacker's address. */
  abstract succeeded(subject: LockoutSubject): Promise<void>;

  /** 0 when an attempt may be made now. */
  abstract waitSeconds(subject: LockoutSubject): Promise<number>;
}
