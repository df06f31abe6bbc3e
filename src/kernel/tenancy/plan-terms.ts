import { AppError } from '#kernel/errors/app-error.js';
import type { Rate } from '#kernel/limits/rate-limiter.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';

/** What a request counts as: `auth` is what lies under /api/auth, the others are read and write by their method. */
export type RouteClass = 'read' | 'write' | 'auth';

/** What somebody who bought a plan may have. */
export interface PlanTerms {
  /** What a new tenant is placed with; where an existing one lies is another fact. */
  readonly isolation: PlacementKind;
  /** Its share of the workers, in relation to other tenants. */
  readonly jobWeight: number;
  /** For each principal, by route class. */
  readonly rates: Readonly<Record<RouteClass, Rate>>;
  readonly limits: {
    /** How many roles of its own it may have. */
    readonly customRoles: number;
    /** Megabytes (10^6 bytes) that all its attachments may take together. */
    readonly attachmentsMb: number;
  };
  readonly features: ReadonlySet<string>;
}

/** A tenant has a plan whose terms are not known here. */
export class PlanUnknownError extends AppError {
  readonly code = 'plan.unknown';

  constructor(readonly plan: string) {
    super(`There are no terms for plan ${plan}.`);
  }
}

/** The terms of every plan there is. */
export class PlanCatalogue {
  constructor(readonly terms: ReadonlyMap<string, PlanTerms>) {}

  /** Raises PlanUnknownError. */
  of(plan: string): PlanTerms {
    const terms = this.terms.get(plan);
    if (!terms) throw new PlanUnknownError(plan);
    return terms;
  }
}
