import type { Redis } from 'ioredis';
import type { Doorbell } from '#kernel/outbox/doorbell.js';
import { isUuid } from '#kernel/model/uuid.js';

const LATER_AT_MOST_MS = 15 * 60_000;
const TIMERS_AT_MOST = 10_000;
/** By how much the database's clock, by which work is due, may be behind this one's. */
const CLOCKS_APART_MS = 100;
export interface RedisDoorbellOptions {
  /** Sends; may be shared with others. */
  readonly redis: Redis;
  readonly prefix?: string;
}

/** Rings through Redis: the tenant is laid into a set, so that many rings are one, and whoever listens is told that something lies there. */
export class RedisDoorbell implements Doorbell {
  readonly #set: string;
  readonly #channel: string;
  #lost = 0;
  #timers = 0;

  constructor(private readonly options: RedisDoorbellOptions) {
    const prefix = options.prefix ?? 'tenantry:';
    this.#set = `${prefix}work-waiting`;
    this.#channel = `${prefix}work-rung`;
  }

  /** How many rings did not reach Redis; each was left to the sweep. */
  get lost(): number {
    return this.#lost;
  }

  ring(tenantId: string, at?: Date): void {
    const inMs = at ? at.getTime() - Date.now() : 0;
    if (inMs > 0) this.#ringIn(tenantId, inMs);
    else this.#ringNow(tenantId);
  }

  /** What is further away than the timers of a process may be, or one too many, is left to the sweep. */
  #ringIn(tenantId: string, inMs: number): void {
    if (inMs > LATER_AT_MOST_MS || this.#timers >= TIMERS_AT_MOST) return;
    this.#timers += 1;
    setTimeout(() => {
      this.#timers -= 1;
      this.#ringNow(tenantId);
    }, inMs + CLOCKS_APART_MS).unref();
  }

  #ringNow(tenantId: string): void {
    this.options.redis
      .pipeline()
      .sadd(this.#set, tenantId)
      .publish(this.#channel, '')
      .exec()
      .then(
        (answers) => {
          if (answers?.some(([error]) => error)) this.#lost += 1;
        },
        () => {
          this.#lost += 1;
        },
      );
  }

  /** Calls for each tenant that was rung for, once in all processes that hear; begins now and gives what ends it. `hears` is used for nothing else. */
  hear(hears: Redis, rung: (tenantId: string) => void): () => void {
    let isTaking = false;
    let isRungAgain = false;
    const take = (): void => {
      isRungAgain = true;
      if (isTaking) return;
      isTaking = true;
      void this.#takeAll(rung, () => {
        const again = isRungAgain;
        isRungAgain = false;
        return again;
      }).finally(() => (isTaking = false));
    };
    const subscribe = (): void => {
      // What was rung while nobody listened lies there too.
      hears.subscribe(this.#channel).then(take, () => {
        if (hears.status === 'ready') hears.disconnect(true);
      });
    };
    hears.on('ready', subscribe);
    hears.on('message', take);
    // What was heard while this one was away could not be taken.
    this.options.redis.on('ready', take);
    if (hears.status === 'ready') subscribe();
    // A silent connection may be a dead one; a ping without an answer makes the client drop it.
    const pings = setInterval(() => {
      if (hears.status === 'ready') hears.ping().catch(() => undefined);
    }, 1_000);
    return () => {
      clearInterval(pings);
      hears.off('ready', subscribe);
      hears.off('message', take);
      this.options.redis.off('ready', take);
    };
  }

  async #takeAll(rung: (tenantId: string) => void, isRungAgain: () => boolean): Promise<void> {
    try {
      while (isRungAgain()) {
        for (let next = await this.options.redis.spop(this.#set); next !== null; next = await this.options.redis.spop(this.#set)) {
          if (isUuid(next)) rung(next);
        }
      }
    } catch {
      this.#lost += 1;
    }
  }
}
