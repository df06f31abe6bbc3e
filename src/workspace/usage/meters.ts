import { Injectable } from '@nestjs/common';
import { TenantTransaction } from '#kernel/isolation/tenant-transaction.js';
import { billingPeriodOf } from '#kernel/tenancy/billing-period.js';
import { type MeterTerms, PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { Clock } from '#kernel/work/clock.js';
import { UsageExhaustedError } from './usage.errors.js';
import type { UsageTables } from './usage-tables.js';

/** Counts what a tenant uses, in the transaction that uses it: both are kept or neither. */
@Injectable()
export class Meters {
  constructor(
    private readonly plans: PlanCatalogue,
    private readonly clock: Clock,
  ) {}

  /**
   * Counts one at the end of the transaction in scope, which fails with UsageExhaustedError when the plan includes no more and bills no more:
   * of many at once exactly as many succeed as there is room for. What no plan meters is not counted. Raises NoTransactionError outside one.
   */
  count(meter: string): void {
    const transaction = TenantTransaction.require(`count ${meter}`);
    const terms = this.plans.entitlementsOf(transaction.tenant).meters[meter];
    // Last, because whoever counts at the same time waits from here to the commit.
    if (terms) transaction.beforeCommit(() => this.#add(transaction, meter, terms));
  }

  async #add(transaction: TenantTransaction, meter: string, { included, beyond }: MeterTerms): Promise<void> {
    const { tenant } = transaction;
    const now = this.clock.now();
    const { start, end } = billingPeriodOf(tenant, now);
    const limit = beyond === 'refuse' ? included : null;
    if (limit !== null && limit < 1) throw new UsageExhaustedError(meter, limit, end);
    const counted = await transaction
      .sql<UsageTables>()
      .insertInto('usage_counter')
      .values({ tenant_id: tenant.id, meter, period_start: start, used: '1', updated_at: now })
      .onConflict((conflict) => {
        const added = conflict
          .columns(['tenant_id', 'meter', 'period_start'])
          .doUpdateSet((eb) => ({ used: eb('usage_counter.used', '+', '1'), updated_at: now }));
        return limit === null ? added : added.where('usage_counter.used', '<', String(limit));
      })
      .returning('used')
      .executeTakeFirst();
    if (!counted) throw new UsageExhaustedError(meter, limit ?? 0, end);
  }
}
