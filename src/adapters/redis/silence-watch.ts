import type { Redis } from 'ioredis';
import { RedisNotAnsweringError } from './patience.js';

export interface SilenceLimits {
  /** How long nothing at all may be heard while something is waited for: five looks, so longer for a process that itself gets no time. */
  readonly silentForMs: number;
  /** How often Redis is asked whether it is there. */
  readonly askEveryMs: number;
}

const LOOKS = 5;

/**
 * Tells a silent Redis from a busy one: commands wait as long as others are being answered, and when nothing was heard for `silentForMs`
 * all who wait are refused together. After any failure nobody waits again until a PING was answered, so an outage costs no request twice.
 */
export class SilenceWatch {
  /** For each command that waits, how to refuse it. */
  readonly #waiting = new Set<() => void>();
  /** How many times it was looked and nothing had been heard. */
  #quietLooks = 0;
  #isLost = false;
  #looking: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;

  constructor(
    private readonly redis: Redis,
    private readonly limits: SilenceLimits = { silentForMs: 500, askEveryMs: 500 },
  ) {}

  get isLost(): boolean {
    return this.#isLost || this.redis.status !== 'ready';
  }

  start(): void {
    this.redis.on('ready', this.#ask);
    this.#asking = setInterval(this.#ask, this.limits.askEveryMs).unref();
  }

  /** The connection stays its owner's to close. */
  close(): void {
    this.redis.off('ready', this.#ask);
    clearInterval(this.#asking);
    clearTimeout(this.#looking);
  }

  /** Raises what the command raises, or RedisNotAnsweringError; the command itself is not taken back and may still be run. */
  async with<T>(command: () => Promise<T>): Promise<T> {
    if (this.isLost) throw new RedisNotAnsweringError();
    return this.#listen(command);
  }

  readonly #ask = (): void => {
    // What it says is kept by `#listen`.
    this.#listen(() => this.redis.ping()).catch(() => undefined);
  };

  #listen<T>(command: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const refuse = (): void => reject(new RedisNotAnsweringError());
    this.#waiting.add(refuse);
    this.#looking ??= this.#lookLater();
    command().then(
      (answer) => {
        this.#waiting.delete(refuse);
        this.#quietLooks = 0;
        this.#isLost = false;
        resolve(answer);
      },
      (error: unknown) => {
        this.#waiting.delete(refuse);
        this.#isLost = true;
        reject(error);
      },
    );
    return promise;
  }

  #lookLater(): NodeJS.Timeout {
    // What has arrived meanwhile is read first, or a process that was busy itself would take Redis for silent.
    return setTimeout(() => setImmediate(() => this.#look()), this.limits.silentForMs / LOOKS).unref();
  }

  #look(): void {
    this.#looking = undefined;
    if (this.#waiting.size === 0) {
      this.#quietLooks = 0;
      return;
    }
    this.#quietLooks += 1;
    // One look more: the first may come right after the command was sent.
    if (this.#quietLooks > LOOKS) this.#giveUp();
    else this.#looking = this.#lookLater();
  }

  #giveUp(): void {
    this.#quietLooks = 0;
    this.#isLost = true;
    for (const refuse of this.#waiting) refuse();
    this.#waiting.clear();
  }
}
