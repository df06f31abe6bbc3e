/** At most `limit` hits in any `windowSeconds`. */
export interface Rate {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** What came of one hit. */
export interface RateVerdict {
  readonly allowed: boolean;
  /** Hits that are left at this moment. */
  readonly remaining: number;
  /** At least 1. After a refusal, when a hit is next allowed; else, when the hits of the present window begin to be given back. */
  readonly resetSeconds: number;
  /** Whether this process decided alone, so that other processes may have allowed as many again. */
  readonly isLocal: boolean;
}

/** Counts hits under a key that must hold no secret and no personal data. A refused hit is not counted. It never fails. */
export interface RateLimiter {
  hit(key: string, rate: Rate): Promise<RateVerdict>;
}
