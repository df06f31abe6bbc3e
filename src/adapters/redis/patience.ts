import { AppError } from '#kernel/errors/app-error.js';

/** Redis did not answer in time, or is being spared because it lately did not. */
export class RedisNotAnsweringError extends AppError {
  readonly code = 'redis.not-answering';

  constructor() {
    super('Redis did not answer in time.');
  }
}

/** Bounds what waiting for Redis may cost: each command its time, and after one that failed none is tried for a while. */
export class Patience {
  #triesAgainAt = 0;
  #isLost = false;

  constructor(private readonly limits: { readonly answerWithinMs: number; readonly spareForMs: number }) {}

  /** Whether the last command that was tried failed. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Raises what the command raises, or RedisNotAnsweringError; the command itself is not taken back and may still be run. */
  async with<T>(command: () => Promise<T>): Promise<T> {
    if (performance.now() < this.#triesAgainAt) throw new RedisNotAnsweringError();
    return this.insist(command);
  }

  /** The same for a command that must be tried, even now. */
  async insist<T>(command: () => Promise<T>): Promise<T> {
    try {
      const answer = await within(command(), this.limits.answerWithinMs);
      this.#isLost = false;
      this.#triesAgainAt = 0;
      return answer;
    } catch (error) {
      this.#isLost = true;
      this.#triesAgainAt = performance.now() + this.limits.spareForMs;
      throw error;
    }
  }
}

async function within<T>(answer: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new RedisNotAnsweringError()), milliseconds);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
