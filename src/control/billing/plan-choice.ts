import { Injectable } from '@nestjs/common';
import { PlanNotSoldError, SalesOnlyPlanError } from '#control/billing/billing.errors.js';
import { PlanCatalogue, type PlanPrice } from '#kernel/tenancy/plan-terms.js';

/** What somebody may choose without help. */
@Injectable()
export class PlanChoice {
  constructor(private readonly plans: PlanCatalogue) {}

  /** The price of a plan. Raises PlanNotSoldError and SalesOnlyPlanError. */
  priceOf(plan: string): PlanPrice {
    const terms = this.plans.terms.get(plan);
    if (!terms) throw new PlanNotSoldError(plan);
    if (!terms.isSelfService || !terms.price) throw new SalesOnlyPlanError(plan);
    return terms.price;
  }

  /** More money is given more at once; less is taken away when the paid period ends. A plan without a price costs more than any other. */
  effective(from: string | null, to: string): 'now' | 'period-end' {
    const amount = (plan: string | null): number => (plan === null ? 0 : (this.plans.terms.get(plan)?.price?.amount ?? Infinity));
    return amount(to) >= amount(from) ? 'now' : 'period-end';
  }
}
