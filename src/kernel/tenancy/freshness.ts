/** How long what was read may be believed. */
export interface FreshnessLimits {
  readonly ttlMs: number;
  /** The limit for everything while this process does not hear of changes. */
  readonly unheardTtlMs: number;
  /** The limit for "there is none". */
  readonly absentTtlMs: number;
  /** How long an answer may still be given when its source cannot be read. */
  readonly staleMs: number;
}

/** Something remembered, and since when. */
export interface Held<T> {
  readonly tenantId: string;
  readonly value: T;
  readonly keptAt: number;
  readonly freshUntil: number;
  /** Until when it is given without asking a source that has just failed. */
  graceUntil: number;
}

/** Decides by the clock, and by whether changes are heard of, whether something remembered may be answered. */
export class Freshness {
  constructor(
    readonly limits: FreshnessLimits,
    private readonly hearsOfChanges: () => boolean,
    readonly now: () => number,
  ) {}

  isFresh(held: Held<unknown>): boolean {
    const now = this.now();
    if (now < held.graceUntil) return true;
    return now < held.freshUntil && (now < held.keptAt + this.limits.unheardTtlMs || this.hearsOfChanges());
  }

  mayServeStale(held: Held<unknown>): boolean {
    return this.now() < held.keptAt + this.limits.staleMs;
  }

  isStillAbsent(since: number): boolean {
    const { absentTtlMs, unheardTtlMs } = this.limits;
    return this.now() < since + (this.hearsOfChanges() ? absentTtlMs : Math.min(absentTtlMs, unheardTtlMs));
  }
}
