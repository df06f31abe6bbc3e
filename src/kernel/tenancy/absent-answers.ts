import { LRUCache } from 'lru-cache';
import type { Freshness } from '#kernel/tenancy/freshness.js';

/** Questions that were lately answered with "there is none"; bounded, because anyone may ask for anything. */
export class AbsentAnswers {
  readonly #since: LRUCache<string, number>;

  constructor(
    max: number,
    private readonly freshness: Freshness,
  ) {
    this.#since = new LRUCache({ max });
  }

  has(question: string): boolean {
    const since = this.#since.get(question);
    return since !== undefined && this.freshness.isStillAbsent(since);
  }

  add(question: string): void {
    this.#since.set(question, this.freshness.now());
  }

  delete(question: string): void {
    this.#since.delete(question);
  }

  clear(): void {
    this.#since.clear();
  }
}
