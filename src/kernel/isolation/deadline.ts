import { StatementDeadlineError } from '#kernel/isolation/isolation.errors.js';

/** How long one operation on a database may take in all: waiting for a connection, opening one, and the statement. */
export class Deadline {
  readonly #expiresAt: number;

  constructor(readonly milliseconds: number) {
    this.#expiresAt = performance.now() + milliseconds;
  }

  /** Milliseconds left; never negative. */
  get left(): number {
    return Math.max(0, this.#expiresAt - performance.now());
  }

  /** Settles as `work` does, or raises StatementDeadlineError when time is up; `late` then learns of it. */
  async race<T>(work: Promise<T>, late: () => void = () => undefined): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        late();
        reject(new StatementDeadlineError(this.milliseconds));
      }, this.left);
    });
    try {
      return await Promise.race([work, expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}
