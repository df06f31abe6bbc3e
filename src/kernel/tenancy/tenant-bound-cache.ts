import { LRUCache } from 'lru-cache';

interface Bound {
  readonly tenantId: string;
}

/** A bounded cache whose every value belongs to a tenant and goes when that tenant is forgotten. */
export class TenantBoundCache<T extends Bound> {
  readonly #values: LRUCache<string, T>;
  readonly #keysOf = new Map<string, Set<string>>();

  constructor(max: number) {
    this.#values = new LRUCache({ max, dispose: (value, key) => this.#unlink(value.tenantId, key) });
  }

  get(key: string): T | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: T): void {
    this.#values.set(key, value);
    const keys = this.#keysOf.get(value.tenantId);
    if (keys) keys.add(key);
    else this.#keysOf.set(value.tenantId, new Set([key]));
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  forget(tenantId: string): void {
    for (const key of [...(this.#keysOf.get(tenantId) ?? [])]) this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }

  #unlink(tenantId: string, key: string): void {
    const keys = this.#keysOf.get(tenantId);
    keys?.delete(key);
    if (keys?.size === 0) this.#keysOf.delete(tenantId);
  }
}
