import type { AbsentAnswers } from '#kernel/tenancy/absent-answers.js';
import type { Freshness, Held } from '#kernel/tenancy/freshness.js';
import { TenantBoundCache } from '#kernel/tenancy/tenant-bound-cache.js';
import type { TenantLoad, TenantLoads } from '#kernel/tenancy/tenant-loads.js';

const SPARE_A_FAILED_SOURCE_MS = 1_000;

/** What a source said: a value that belongs to a tenant, and how long it may be believed when that is less than usual. */
export interface Answer<T> {
  readonly tenantId: string;
  readonly value: T;
  readonly freshForMs?: number;
}

/** Answers the question behind a name from its source; null: there is none. */
export type ReadAnswer<T> = (name: string, load: TenantLoad) => Promise<Answer<T> | null>;

/** What all kinds of questions share. */
export interface TenantAnswersOptions {
  readonly loads: TenantLoads;
  readonly absent: AbsentAnswers;
  readonly freshness: Freshness;
  /** How long a source may take before an answer that is out of date, but may still be given, is given instead. */
  readonly patienceMs: number;
}

/** The answers to one kind of question (by id, by slug ...): remembered, read by one at a time, and given out of date when their source fails. */
export class TenantAnswers<T> {
  readonly #held: TenantBoundCache<Held<T>>;

  constructor(
    private readonly kind: string,
    max: number,
    private readonly read: ReadAnswer<T>,
    private readonly isSame: (one: T, other: T) => boolean,
    private readonly options: TenantAnswersOptions,
  ) {
    this.#held = new TenantBoundCache(max);
  }

  /** The remembered answer, if it may be given without asking. */
  fresh(name: string): T | undefined {
    const held = this.#held.get(name);
    return held && this.options.freshness.isFresh(held) ? held.value : undefined;
  }

  /** Raises what the source raises, unless an answer is held that may be given all the same. */
  ask(name: string): Promise<T | null> {
    const { freshness, absent, loads } = this.options;
    const held = this.#held.get(name);
    if (held && freshness.isFresh(held)) return Promise.resolve(held.value);
    const question = this.#question(name);
    if (!held && absent.has(question)) return Promise.resolve(null);
    const asked = loads.join(question, (load) => this.#load(name, load, this.read));
    return held && freshness.mayServeStale(held) ? this.#orHeld(asked, name, held) : asked;
  }

  /** Asks now, whatever is remembered or under way. */
  askAgain(name: string, read: ReadAnswer<T>): Promise<T | null> {
    return this.options.loads.begin(this.#question(name), (load) => this.#load(name, load, read));
  }

  /** Remembers an answer and gives the one to use: the object that is held already when it says the same. */
  keep(name: string, { tenantId, value, freshForMs = this.options.freshness.limits.ttlMs }: Answer<T>): T {
    const held = this.#held.get(name);
    const kept = held && this.isSame(held.value, value) ? held.value : value;
    const now = this.options.freshness.now();
    this.#held.set(name, { tenantId, value: kept, keptAt: now, freshUntil: now + freshForMs, graceUntil: 0 });
    this.options.absent.delete(this.#question(name));
    return kept;
  }

  drop(name: string): void {
    this.#held.delete(name);
  }

  forget(tenantId: string): void {
    this.#held.forget(tenantId);
  }

  clear(): void {
    this.#held.clear();
  }

  #question(name: string): string {
    return `${this.kind}:${name}`;
  }

  async #load(name: string, load: TenantLoad, read: ReadAnswer<T>): Promise<T | null> {
    const answer = await read(name, load);
    if (!load.mayKeep(answer?.tenantId ?? null)) return answer?.value ?? null;
    if (answer) return this.keep(name, answer);
    this.#held.delete(name);
    this.options.absent.add(this.#question(name));
    return null;
  }

  async #orHeld(asked: Promise<T | null>, name: string, held: Held<T>): Promise<T | null> {
    if (await settlesWell(asked, this.options.patienceMs)) return asked;
    const { freshness } = this.options;
    // Forgotten meanwhile: somebody said that it is out of date, so it is not given, come what may.
    if (this.#held.get(name) !== held || !freshness.mayServeStale(held)) return asked;
    held.graceUntil = freshness.now() + SPARE_A_FAILED_SOURCE_MS;
    return held.value;
  }
}

async function settlesWell(asked: Promise<unknown>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, withinMs, false)));
  const answered = asked.then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
