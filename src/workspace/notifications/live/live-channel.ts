/** That a member was told something; what it is is read where it is kept, in the tenant's own scope. */
export interface LiveFact {
  readonly tenantId: string;
  readonly memberId: string;
  readonly notificationId: string;
}

/** Hears of one tenant's facts; null means that some may have been missed. */
export type LiveFollower = (fact: LiveFact | null) => void;

/** How the process that tells a member says so to those that hold the member's streams. Delivery is not certain, so whoever follows also looks by itself. */
export abstract class LiveChannel {
  /** Whether this process hears the others now. */
  abstract readonly isUp: boolean;
  /** Never raises and never waits. */
  abstract tell(fact: LiveFact): void;
  /** Resolves when what is told from now on is heard, or at once when that cannot be; gives what ends it. Never raises. */
  abstract follow(tenantId: string, follower: LiveFollower): Promise<() => void>;
}
