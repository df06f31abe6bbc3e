import type { Redis } from 'ioredis';
import { ReplayCache } from '#workspace/members/sessions/replay-cache.js';
import type { SilenceWatch } from './silence-watch.js';

export interface RedisReplayCacheOptions {
  readonly redis: Redis;
  readonly watch: SilenceWatch;
  readonly prefix?: string;
}

/** Kept by Redis alone: while it is away nothing is remembered, and whoever asks is told so within the watch's patience. */
export class RedisReplayCache extends ReplayCache {
  constructor(private readonly options: RedisReplayCacheOptions) {
    super();
  }

  async keep(key: string, text: string, milliseconds: number): Promise<void> {
    const { redis, watch } = this.options;
    try {
      await watch.with(() => redis.set(this.#key(key), text, 'PX', milliseconds));
    } catch {
      // forgetting is allowed, and the client has logged why
    }
  }

  async find(key: string): Promise<string | null> {
    const { redis, watch } = this.options;
    try {
      return await watch.with(() => redis.get(this.#key(key)));
    } catch {
      return null; // likewise
    }
  }

  #key(key: string): string {
    return `${this.options.prefix ?? 'tenantry:'}replay:${key}`;
  }
}
