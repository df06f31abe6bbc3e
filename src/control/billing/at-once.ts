import { AppError } from '#kernel/errors/app-error.js';

/** More billing is being done than this process takes on; it may be asked for again. */
export class BillingBusyError extends AppError {
  readonly code = 'billing.busy';

  constructor() {
    super('Too much billing is under way.');
  }
}

/** Lets so many pieces of work run at once and so many wait, first come first served: they share few connections to the catalog. */
export class AtOnce {
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(private readonly limits: { readonly atOnce: number; readonly waiting: number }) {}

  /** Raises BillingBusyError at once when there is no place left to wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever is next takes over the place, so nobody can slip in between.
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.limits.atOnce) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.limits.waiting) throw new BillingBusyError();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#waiting.push(() => resolve(undefined));
    await promise;
  }
}
