import { AppError } from '#kernel/errors/app-error.js';
import type { Rate } from '#kernel/limits/rate-limiter.js';
import { type Entitlements, entitled } from '#kernel/tenancy/entitlements.js';
import type { PlacementKind } from '#kernel/tenancy/placement.js';
import type { Tenant } from '#kernel/tenancy/tenant.js';
import { Clock } from '#kernel/work/clock.js';

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
    /** How many members it may have who are not disabled. */
    readonly members: number;
  };
  /** What is counted in each billing period, by name. */
  readonly meters: Readonly<Record<string, MeterTerms>>;
  readonly features: ReadonlySet<string>;
  /** What it costs; null for what sales agrees. */
  readonly price: PlanPrice | null;
  /** Days before the first payment when it is signed up for; 0 for none. */
  readonly trialDays: number;
  /** Whether somebody may sign up for it without help. */
  readonly isSelfService: boolean;
}

/** How much of something is included in a billing period (null: all of it), and what becomes of more: it is refused, or it is billed. */
export interface MeterTerms {
  readonly included: number | null;
  readonly beyond: 'refuse' | 'bill';
}

/** A price in the smallest unit of its currency, each month; `key` is what the payment provider knows it by. */
export interface PlanPrice {
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
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
  constructor(
    readonly terms: ReadonlyMap<string, PlanTerms>,
    private readonly clock = new Clock(),
  ) {}

  /** Raises PlanUnknownError. */
  of(plan: string): PlanTerms {
    const terms = this.terms.get(plan);
    if (!terms) throw new PlanUnknownError(plan);
    return terms;
  }

  /** What the tenant may have now, or at another instant: its plan's terms, and what was agreed beside them. Raises PlanUnknownError. */
  entitlementsOf({ plan, overrides }: Pick<Tenant, 'plan' | 'overrides'>, at: Date = this.clock.now()): Entitlements {
    return entitled(this.of(plan), overrides, at);
  }
}
