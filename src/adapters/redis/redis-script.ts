import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script that is sent by its hash, and in full only to a server that does not know it yet or has forgotten it. */
export class RedisScript {
  readonly #hash: string;

  constructor(private readonly text: string) {
    this.#hash = createHash('sha1').update(text).digest('hex');
  }

  /** Raises what Redis raises. The keys must lie in one slot of a Redis Cluster. */
  async run(redis: Redis, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.#hash, keys.length, ...keys, ...args);
    } catch (error) {
      // It was not run then, so it is not run twice.
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
      return redis.eval(this.text, keys.length, ...keys, ...args);
    }
  }
}
