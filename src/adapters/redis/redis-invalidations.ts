import type { Redis } from 'ioredis';
import type { InvalidationChannel, InvalidationListener } from '#kernel/tenancy/invalidation-channel.js';
import type { RedisLog } from './redis-log.js';
import { isUuid } from '#kernel/model/uuid.js';

const PING_EVERY_MS = 1_000;

export interface RedisInvalidationsOptions {
  /** Sends; may be shared with others. */
  readonly publisher: Redis;
  /** Hears, and nothing else. */
  readonly subscriber: Redis;
  readonly log: RedisLog;
  readonly prefix?: string;
  /** What is told: those of one topic hear nothing of another. `tenants-changed` when not said. */
  readonly topic?: string;
}

/**
 * Tells every process which tenant changed, within the time of a message. Whenever hearing begins, or begins again, listeners are told
 * that they may have missed something; what could not be sent is sent as soon as Redis is back.
 */
export class RedisInvalidations implements InvalidationChannel {
  readonly #channel: string;
  readonly #listeners = new Set<InvalidationListener>();
  readonly #unsent = new Set<string>();
  #pings: NodeJS.Timeout | undefined;
  #isUp = false;

  constructor(private readonly options: RedisInvalidationsOptions) {
    this.#channel = `${options.prefix ?? 'tenantry:'}${options.topic ?? 'tenants-changed'}`;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get health(): { readonly status: 'up' | 'degraded' } {
    return { status: this.#isUp && this.#unsent.size === 0 ? 'up' : 'degraded' };
  }

  listen(listener: InvalidationListener): void {
    this.#listeners.add(listener);
  }

  /** Begins to hear, now or when Redis is there. */
  start(): void {
    const { subscriber, publisher } = this.options;
    subscriber.on('ready', this.#subscribe);
    subscriber.on('close', this.#lose);
    subscriber.on('message', this.#hear);
    publisher.on('ready', this.#sendUnsent);
    if (subscriber.status === 'ready') this.#subscribe();
    // A silent connection may be a dead one; a ping without an answer makes the client drop it.
    this.#pings = setInterval(this.#ping, PING_EVERY_MS);
    this.#pings.unref();
  }

  async publish(tenantId: string): Promise<void> {
    if (await this.#send(tenantId)) return;
    this.options.log.warn({ tenant: tenantId }, 'a change of a tenant could not be told yet');
  }

  /** Stops hearing; the connections stay their owner's to close. */
  stop(): void {
    const { subscriber, publisher } = this.options;
    clearInterval(this.#pings);
    subscriber.off('ready', this.#subscribe);
    subscriber.off('close', this.#lose);
    subscriber.off('message', this.#hear);
    publisher.off('ready', this.#sendUnsent);
    this.#isUp = false;
  }

  readonly #subscribe = (): void => {
    const { subscriber, log } = this.options;
    subscriber.subscribe(this.#channel).then(
      () => {
        this.#isUp = subscriber.status === 'ready';
        for (const listener of this.#listeners) listener.missed();
      },
      (error: unknown) => {
        log.warn({ reason: error instanceof Error ? error.name : 'unknown' }, 'could not subscribe to changes of tenants');
        if (subscriber.status === 'ready') subscriber.disconnect(true);
      },
    );
  };

  readonly #lose = (): void => {
    this.#isUp = false;
  };

  readonly #hear = (channel: string, tenantId: string): void => {
    if (channel !== this.#channel || !isUuid(tenantId)) return;
    for (const listener of this.#listeners) listener.changed(tenantId);
  };

  readonly #ping = (): void => {
    const { subscriber } = this.options;
    // Its failure ends the connection, and that is what is acted on.
    if (subscriber.status === 'ready') subscriber.ping().catch(() => undefined);
    this.#sendUnsent();
  };

  readonly #sendUnsent = (): void => {
    for (const tenantId of [...this.#unsent]) void this.#send(tenantId);
  };

  async #send(tenantId: string): Promise<boolean> {
    // Struck off before and put back after, so that of two under way the one that fails is never forgotten for the one that does not.
    this.#unsent.delete(tenantId);
    try {
      await this.options.publisher.publish(this.#channel, tenantId);
      return true;
    } catch {
      this.#unsent.add(tenantId);
      return false;
    }
  }
}
