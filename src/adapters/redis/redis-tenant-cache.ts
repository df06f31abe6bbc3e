import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { FillRight, SharedAnswer, SharedTenantCache } from '#kernel/tenancy/shared-tenant-cache.js';
import { readTenantSnapshot } from '#kernel/tenancy/tenant-snapshot.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Patience } from './patience.js';
import type { RedisLog } from './redis-log.js';
import { FIND, KEEP, RENEW } from './tenant-cache-scripts.js';

const ANSWER_WITHIN_MS = 50;
const SPARE_FOR_MS = 500;
const FILL_WITHIN_MS = 10_000;
const SLUG_KEPT_MS = 86_400_000;
const FORGET_AGAIN_AFTER_MS = 250;

export interface RedisTenantCacheOptions {
  readonly redis: Redis;
  readonly log: RedisLog;
  readonly ttlMs: number;
  readonly prefix?: string;
}

/**
 * Tenants shared by all processes, for at most `ttlMs`. Only who holds the right in force may write, so a value read before a change
 * cannot be written after it. While a tenant could not be forgotten here, this process does not read it here either.
 */
export class RedisTenantCache implements SharedTenantCache {
  readonly #patience = new Patience({ answerWithinMs: ANSWER_WITHIN_MS, spareForMs: SPARE_FOR_MS });
  readonly #prefix: string;
  /** Tenants that are still to be forgotten, and until when anything about them can be left. */
  readonly #unforgotten = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: RedisTenantCacheOptions) {
    this.#prefix = options.prefix ?? 'tenantry:';
  }

  async find(id: string): Promise<SharedAnswer | null> {
    const found = await this.#softly(() => this.#run(FIND, id, randomUUID(), FILL_WITHIN_MS) as Promise<[string | null, string | number]>);
    if (!found || this.#unforgotten.has(id)) return null;
    const [text, rest] = found;
    if (text === null) return { fill: { tenantId: id, token: String(rest) } };
    const tenant = readKept(text, id);
    if (tenant) return { tenant, freshForMs: Math.min(Number(rest), this.options.ttlMs) };
    this.options.log.warn({ tenant: id }, 'the shared cache held something that is no tenant; it is replaced');
    const fill = await this.renew(id);
    return fill && { fill };
  }

  async idOfSlug(slug: string): Promise<string | null> {
    return this.#softly(() => this.options.redis.get(this.#slugKey(slug)));
  }

  noteSlug(slug: string, id: string): void {
    void this.#softly(() => this.options.redis.set(this.#slugKey(slug), id, 'PX', SLUG_KEPT_MS));
  }

  async renew(id: string): Promise<FillRight | null> {
    const token = randomUUID();
    const renewed = await this.#softly(() => this.#run(RENEW, id, token, FILL_WITHIN_MS));
    return renewed === null ? null : { tenantId: id, token };
  }

  keep(tenant: Tenant, { tenantId, token }: FillRight): void {
    if (tenant.id !== tenantId || this.#unforgotten.has(tenantId)) return;
    const text = JSON.stringify({ _tenant: tenantId, tenant });
    void this.#softly(() => this.#run(KEEP, tenantId, token, text, this.options.ttlMs));
  }

  /** Tried again in the background until it is done or nothing can be left. */
  async forget(id: string): Promise<void> {
    this.#unforgotten.set(id, performance.now() + this.options.ttlMs + FILL_WITHIN_MS);
    await this.#tryToForget(id);
    this.#forgetLater();
  }

  get health(): { readonly status: 'up' | 'degraded' } {
    return { status: this.options.redis.status === 'ready' && !this.#patience.isLost ? 'up' : 'degraded' };
  }

  /** Stops trying; the connection stays its owner's to close. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unforgotten.clear();
  }

  async #tryToForget(id: string): Promise<void> {
    const since = this.#unforgotten.get(id);
    try {
      await this.#patience.insist(() => this.options.redis.unlink(...this.#keys(id)));
    } catch {
      return; // it stays listed, which is the record of the failure
    }
    // A later change of the same tenant is its own caller's to forget.
    if (this.#unforgotten.get(id) === since) this.#unforgotten.delete(id);
  }

  #forgetLater(): void {
    if (this.#timer || this.#unforgotten.size === 0) return;
    this.#timer = setTimeout(() => void this.#forgetDue(), FORGET_AGAIN_AFTER_MS);
    this.#timer.unref();
  }

  async #forgetDue(): Promise<void> {
    const now = performance.now();
    for (const [id, until] of this.#unforgotten) if (until < now) this.#unforgotten.delete(id);
    await Promise.all([...this.#unforgotten.keys()].map((id) => this.#tryToForget(id)));
    if (this.#timer) {
      this.#timer = undefined;
      this.#forgetLater();
    }
  }

  async #softly<T>(command: () => Promise<T>): Promise<T | null> {
    try {
      return await this.#patience.with(command);
    } catch {
      return null; // `health` tells of it, and the client has logged why
    }
  }

  #run(script: string, id: string, ...args: (string | number)[]): Promise<unknown> {
    return this.options.redis.eval(script, 2, ...this.#keys(id), ...args);
  }

  /** One slot of a Redis Cluster for both: scripts may touch no more. */
  #keys(id: string): [value: string, right: string] {
    const value = `${this.#prefix}tenant:{${id}}`;
    return [value, `${value}:right`];
  }

  #slugKey(slug: string): string {
    return `${this.#prefix}slug:${slug}`;
  }
}

/** What was kept, if it says of itself that it is this tenant's and is spelled like a tenant. */
function readKept(text: string, id: string): Tenant | null {
  try {
    const { _tenant: owner, tenant } = JSON.parse(text) as { _tenant?: unknown; tenant?: unknown };
    return owner === id ? readTenantSnapshot(tenant, id) : null;
  } catch {
    return null;
  }
}
