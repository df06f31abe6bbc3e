import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { ConnectionBudget } from '#kernel/isolation/connection-budget.js';
import { ServerBudgetExhaustedError } from '#kernel/isolation/isolation.errors.js';
import type { ReleaseSlot } from '#kernel/isolation/tenant-client.js';
import { HOLD, RESERVE } from './budget-scripts.js';
import { Patience } from './patience.js';

const ANSWER_WITHIN_MS = 250;
const SPARE_FOR_MS = 1_000;

export interface RedisConnectionBudgetOptions {
  readonly redis: Redis;
  /** Places on each server, for all processes together. */
  readonly max: number;
  /** Places on each server that this process allows itself while Redis is away. */
  readonly floor?: number;
  readonly leaseMs?: number;
  readonly heartbeatMs?: number;
  readonly prefix?: string;
}

/**
 * Places on the servers, shared by all processes. A place lives as long as its process says so; one that died gives its places back
 * within `leaseMs`. While Redis is away each process keeps what it has and opens no more than its floor.
 */
export class RedisConnectionBudget implements ConnectionBudget {
  readonly #patience = new Patience({ answerWithinMs: ANSWER_WITHIN_MS, spareForMs: SPARE_FOR_MS });
  /** The places of this process by server; what Redis knows is only a copy of it. */
  readonly #held = new Map<string, Set<string>>();
  readonly #process = randomUUID();
  #places = 0;
  #heartbeats: NodeJS.Timeout | undefined;

  constructor(private readonly options: RedisConnectionBudgetOptions) {}

  get health(): { readonly status: 'up' | 'degraded' } {
    return { status: this.options.redis.status === 'ready' && !this.#patience.isLost ? 'up' : 'degraded' };
  }

  /** Places that this process holds, by server. */
  stats(): Record<string, number> {
    return Object.fromEntries([...this.#held].map(([server, places]) => [server, places.size]));
  }

  start(): void {
    this.#heartbeats = setInterval(() => void this.#beat(), this.options.heartbeatMs ?? 5_000);
    this.#heartbeats.unref();
  }

  async reserve(server: string): Promise<ReleaseSlot> {
    const place = `${this.#process}:${++this.#places}`;
    const held = this.#heldOn(server);
    if (held.size >= this.options.max || !(await this.#take(server, place, held))) throw new ServerBudgetExhaustedError(server);
    return () => {
      if (held.delete(place)) this.#giveBack(server, [place]);
    };
  }

  /** Gives every place back and stops saying that this process lives. Close the connections before. */
  close(): void {
    clearInterval(this.#heartbeats);
    for (const [server, places] of this.#held) if (places.size > 0) this.#giveBack(server, [...places]);
    for (const places of this.#held.values()) places.clear();
  }

  async #take(server: string, place: string, held: Set<string>): Promise<boolean> {
    const { redis, max, floor = 4 } = this.options;
    try {
      const isGranted = (await this.#patience.with(() => redis.eval(RESERVE, 1, this.#key(server), max, this.#leaseMs, place))) === 1;
      if (isGranted) held.add(place);
      return isGranted;
    } catch {
      // Redis is away. Seen and taken in one go, so that many who ask at once do not all see the same room under the floor.
      const isGranted = held.size < floor;
      if (isGranted) held.add(place);
      // It may have been granted there without our hearing of it.
      else this.#giveBack(server, [place]);
      return isGranted;
    }
  }

  /** Sent after the reservation on the same connection, so also run after it. If it is lost, the places are free when their lease ends. */
  #giveBack(server: string, places: readonly string[]): void {
    this.options.redis.zrem(this.#key(server), ...places).catch(() => undefined);
  }

  async #beat(): Promise<void> {
    const { redis } = this.options;
    const beats = [...this.#held]
      .filter(([, places]) => places.size > 0)
      .map(([server, places]) => this.#patience.insist(() => redis.eval(HOLD, 1, this.#key(server), this.#leaseMs, ...places)));
    if (beats.length === 0) beats.push(this.#patience.insist(() => redis.ping()));
    await Promise.allSettled(beats);
  }

  get #leaseMs(): number {
    return this.options.leaseMs ?? 15_000;
  }

  #heldOn(server: string): Set<string> {
    const held = this.#held.get(server) ?? new Set<string>();
    this.#held.set(server, held);
    return held;
  }

  /** The braces keep the keys of a server in one slot of a Redis Cluster. */
  #key(server: string): string {
    return `${this.options.prefix ?? 'tenantry:'}places:{${server}}`;
  }
}
