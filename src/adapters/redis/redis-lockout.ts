import type { Redis } from 'ioredis';
import { LOCKOUT_RULES } from '#kernel/limits/lockout-rules.js';
import { Lockout, type LockoutSubject } from '#kernel/limits/lockout.js';
import { MemoryLockout } from '#kernel/limits/memory-lockout.js';
import { FAILED, WAIT } from './lockout-scripts.js';
import { RedisScript } from './redis-script.js';
import type { SilenceWatch } from './silence-watch.js';

export interface RedisLockoutOptions {
  readonly redis: Redis;
  readonly watch: SilenceWatch;
  /** What accounts and peers are kept as: keyed, so that nobody finds out whose they are by trying, and the same in all processes. */
  readonly hash: (text: string) => string;
  readonly prefix?: string;
  /** Milliseconds, in place of the server's clock: for specs. */
  readonly now?: () => number;
}

/**
 * Failures counted by all processes together. Each also remembers those it saw itself, and goes by them while Redis is away; `health` is
 * degraded then, because a guesser has as many attempts again at every process.
 */
export class RedisLockout extends Lockout {
  readonly #memory: MemoryLockout;
  readonly #failed = new RedisScript(FAILED);
  readonly #wait = new RedisScript(WAIT);

  constructor(private readonly options: RedisLockoutOptions) {
    super();
    this.#memory = new MemoryLockout(options.now);
  }

  get health(): { readonly status: 'up' | 'degraded' } {
    return { status: this.options.watch.isLost ? 'degraded' : 'up' };
  }

  async failed(subject: LockoutSubject): Promise<void> {
    const { failures, firstDelayMs, longestDelayMs, peerFailures, windowMs } = LOCKOUT_RULES;
    await this.#memory.failed(subject);
    await this.#softly(() => this.#run(this.#failed, subject, [failures, firstDelayMs, longestDelayMs, peerFailures, windowMs]));
  }

  async succeeded(subject: LockoutSubject): Promise<void> {
    await this.#memory.succeeded(subject);
    await this.#softly(() => this.options.redis.unlink(this.#keys(subject)[0]));
  }

  async waitSeconds(subject: LockoutSubject): Promise<number> {
    const waitMs = await this.#softly(() => this.#run(this.#wait, subject, []) as Promise<number>);
    return waitMs === null ? this.#memory.waitSeconds(subject) : Math.ceil(waitMs / 1_000);
  }

  async #softly<T>(command: () => Promise<T>): Promise<T | null> {
    try {
      return await this.options.watch.with(command);
    } catch {
      return null; // `health` tells of it, and the client has logged why
    }
  }

  #run(script: RedisScript, subject: LockoutSubject, args: readonly number[]): Promise<unknown> {
    return script.run(this.options.redis, this.#keys(subject), [this.options.now?.() ?? '', ...args]);
  }

  /** One slot of a Redis Cluster for both: scripts may touch no more. */
  #keys({ tenantId, account, peer }: LockoutSubject): [account: string, peer: string] {
    const { hash, prefix = 'tenantry:' } = this.options;
    const place = `${prefix}lockout:{${tenantId}}`;
    return [`${place}:account:${hash(account)}`, `${place}:peer:${hash(peer)}`];
  }
}
