import type { Redis } from 'ioredis';
import { LiveChannel, type LiveFact, type LiveFollower } from '#workspace/notifications/live/live-channel.js';
import type { RedisLog } from './redis-log.js';

const ID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const MESSAGE = new RegExp(`^(${ID}) (${ID}) (${ID})$`);

const PING_EVERY_MS = 1_000;

export interface RedisLiveChannelOptions {
  /** Sends; may be shared with others. */
  readonly publisher: Redis;
  /** Hears; may be shared with others that only subscribe. */
  readonly subscriber: Redis;
  readonly log: RedisLog;
  readonly prefix?: string;
}

/**
 * A channel of Redis for each tenant, followed while this process holds a stream of that tenant. A message is three ids: whoever hears it reads
 * the rest where it is kept. Whenever hearing begins again, followers are told that they may have missed something.
 */
export class RedisLiveChannel extends LiveChannel {
  readonly #prefix: string;
  readonly #followers = new Map<string, Set<LiveFollower>>();
  /** Channels that Redis said it will tell us of, on the present connection. */
  readonly #heard = new Set<string>();
  #pings: NodeJS.Timeout | undefined;
  #lost = 0;

  constructor(private readonly options: RedisLiveChannelOptions) {
    super();
    this.#prefix = `${options.prefix ?? 'tenantry:'}live:`;
  }

  get isUp(): boolean {
    return this.#heard.size === this.#followers.size && this.#isReady();
  }

  /** How many facts did not reach Redis; each was left to those who look by themselves. */
  get lost(): number {
    return this.#lost;
  }

  start(): void {
    const { subscriber } = this.options;
    subscriber.on('ready', this.#subscribeAll);
    subscriber.on('close', this.#lose);
    subscriber.on('message', this.#hear);
    // A silent connection may be a dead one; a ping without an answer makes the client drop it.
    this.#pings = setInterval(() => {
      if (this.#isReady()) subscriber.ping().catch(() => undefined);
    }, PING_EVERY_MS).unref();
  }

  /** Stops hearing; the connections stay their owner's to close. */
  stop(): void {
    const { subscriber } = this.options;
    clearInterval(this.#pings);
    subscriber.off('ready', this.#subscribeAll);
    subscriber.off('close', this.#lose);
    subscriber.off('message', this.#hear);
    this.#heard.clear();
  }

  tell({ tenantId, memberId, notificationId }: LiveFact): void {
    this.options.publisher.publish(`${this.#prefix}${tenantId}`, `${tenantId} ${memberId} ${notificationId}`).catch(() => {
      this.#lost += 1;
    });
  }

  async follow(tenantId: string, follower: LiveFollower): Promise<() => void> {
    const followers = this.#followers.get(tenantId) ?? new Set();
    this.#followers.set(tenantId, followers.add(follower));
    if (!this.#heard.has(tenantId)) await this.#subscribe(tenantId);
    return () => {
      if (!followers.delete(follower) || followers.size > 0 || this.#followers.get(tenantId) !== followers) return;
      this.#followers.delete(tenantId);
      this.#heard.delete(tenantId);
      // What is still told nobody follows.
      if (this.#isReady()) this.options.subscriber.unsubscribe(`${this.#prefix}${tenantId}`).catch(() => undefined);
    };
  }

  async #subscribe(tenantId: string): Promise<void> {
    const { subscriber, log } = this.options;
    if (!this.#isReady()) return;
    try {
      await subscriber.subscribe(`${this.#prefix}${tenantId}`);
      if (this.#followers.has(tenantId)) this.#heard.add(tenantId);
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'could not subscribe to notifications');
      // It subscribes anew when it is back.
      if (this.#isReady()) subscriber.disconnect(true);
    }
  }

  #isReady(): boolean {
    return this.options.subscriber.status === 'ready';
  }

  readonly #subscribeAll = (): void => {
    for (const [tenantId, followers] of this.#followers) {
      void this.#subscribe(tenantId).then(() => {
        for (const follower of followers) follower(null);
      });
    }
  };

  readonly #lose = (): void => {
    this.#heard.clear();
  };

  readonly #hear = (channel: string, message: string): void => {
    const [, tenantId = '', memberId = '', notificationId = ''] = MESSAGE.exec(message) ?? [];
    // A message says whose it is, and must have come where that tenant's come.
    if (channel !== `${this.#prefix}${tenantId}`) return;
    for (const follower of this.#followers.get(tenantId) ?? []) follower({ tenantId, memberId, notificationId });
  };
}
