import { hash, type Options, parseOptions, verify } from '@node-rs/argon2';
import { WorkGate } from './work-gate.js';

/** Argon2id of OWASP's password storage cheat sheet: 19 MiB, two passes, one lane. It is the library's default algorithm. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const satisfies Options;
const AT_ONCE = 4;
const WAITING = 64;
/** Of a password that nobody has: compared with when there is no other, so that a missing account costs what a present one does. */
const NOBODYS = '$argon2id$v=19$m=19456,t=2,p=1$dGVuYW50cnktbm9ib2R5cw$bXqXvDYNFyPxQJq4tbk8n5lq1n0P4L7wWFz0P5nN3QE';

/** What one turn at the hasher can do. */
export interface PasswordTurn {
  /** Null is never matched, at the price of a real comparison. */
  matches(stored: string | null, password: string): Promise<boolean>;
}

/** Hashes and compares passwords: four at once and 64 waiting in a process, because each takes 19 MiB and a core. */
export class PasswordHasher {
  readonly #gate = new WorkGate({ atOnce: AT_ONCE, waiting: WAITING });
  #done = 0;

  /** How many hashes were computed so far. */
  get done(): number {
    return this.#done;
  }

  /** Raises AuthBusyError. */
  hash(password: string): Promise<string> {
    return this.#gate.run(() => {
      this.#done += 1;
      return hash(password, COST);
    });
  }

  /** What belongs to a comparison and must not be overtaken runs in the same turn. Raises AuthBusyError, and what `work` raises. */
  inTurn<T>(work: (turn: PasswordTurn) => Promise<T>): Promise<T> {
    return this.#gate.run(() => work({ matches: (stored, password) => this.#matches(stored, password) }));
  }

  /** Whether a stored hash was made more cheaply than new ones are. */
  isOutdated(stored: string): boolean {
    const { memoryCost, timeCost } = parseOptions(stored);
    return memoryCost < COST.memoryCost || timeCost < COST.timeCost;
  }

  async #matches(stored: string | null, password: string): Promise<boolean> {
    this.#done += 1;
    const isRight = await verify(stored ?? NOBODYS, password);
    return isRight && stored !== null;
  }
}
