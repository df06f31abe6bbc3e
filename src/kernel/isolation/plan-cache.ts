const REMEMBERED_AT_MOST = 512;
const TEXT_AT_MOST = 8_192;

/** How a statement is to be sent: under a name when its plan is worth keeping, and which other name to close to make room. */
export interface PlanUse {
  readonly name?: string | undefined;
  readonly close?: string | undefined;
}

/**
 * Which statements one connection keeps prepared. A plan is kept per search path, because it is analysed again when the path changes, and
 * only for a statement with parameters that this connection sees again; the least recently used go, since each costs about 20 KB there.
 */
export class PlanCache {
  /** In order of use, oldest first; null for one that was seen once. */
  readonly #seen = new Map<string, string | null>();
  readonly #stale: string[] = [];
  #names = 0;

  use(searchPath: string, text: string, values: readonly unknown[]): PlanUse {
    // A statement with its values in its text differs each time.
    if (values.length === 0 || text.length > TEXT_AT_MOST) return {};
    const key = `${searchPath}\n${text}`;
    const known = this.#seen.get(key);
    this.#seen.delete(key);
    if (known === undefined) {
      this.#seen.set(key, null);
      return { close: this.#stale.pop() ?? this.#forgetOldest() };
    }
    const name = known ?? `tn_${this.#names++}`;
    this.#seen.set(key, name);
    return { name, close: this.#stale.pop() };
  }

  /** A plan that the tables have outgrown is made anew at its next use. */
  outgrown(searchPath: string, text: string): void {
    const key = `${searchPath}\n${text}`;
    const name = this.#seen.get(key);
    this.#seen.delete(key);
    if (name) this.#stale.push(name);
  }

  #forgetOldest(): string | undefined {
    if (this.#seen.size <= REMEMBERED_AT_MOST) return undefined;
    const [oldest, name] = this.#seen.entries().next().value as [string, string | null];
    this.#seen.delete(oldest);
    return name ?? undefined;
  }
}
