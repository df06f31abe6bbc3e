import { Injectable } from '@nestjs/common';
import { TenantContextFactory } from '#kernel/isolation/tenant-context-factory.js';
import { billingPeriodOf, type BillingPeriod } from '#kernel/tenancy/billing-period.js';
import { type MeterTerms, PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import type { UsageTables } from './usage-tables.js';

/** How much was used of what is metered, in a period. */
export interface MeterReading extends MeterTerms {
  readonly meter: string;
  readonly used: number;
}

/** A counter as it stands. */
export interface CounterReading {
  readonly meter: string;
  readonly periodStart: Date;
  readonly used: number;
}

/** Reads the counters of the tenant in scope. */
@Injectable()
export class UsageReader {
  constructor(
    private readonly contexts: TenantContextFactory,
    private readonly plans: PlanCatalogue,
    private readonly clock: Clock,
  ) {}

  /** Every meter of the plan in the present period, in the order of their names. */
  async present(): Promise<{ readonly period: BillingPeriod; readonly meters: readonly MeterReading[] }> {
    const tenant = TenantScope.require('read usage');
    const period = billingPeriodOf(tenant, this.clock.now());
    const rows = await this.#counters().where('period_start', '=', period.start).execute();
    const used = new Map(rows.map((row) => [row.meter, Number(row.used)]));
    const meters = Object.entries(this.plans.entitlementsOf(tenant).meters)
      .map(([meter, terms]) => ({ meter, used: used.get(meter) ?? 0, ...terms }))
      .sort((one, other) => (one.meter < other.meter ? -1 : 1));
    return { period, meters };
  }

  /** Counters that moved since. */
  async since(at: Date): Promise<CounterReading[]> {
    const rows = await this.#counters().where('updated_at', '>=', at).execute();
    return rows.map((row) => ({ meter: row.meter, periodStart: new Date(row.period_start), used: Number(row.used) }));
  }

  #counters() {
    return this.contexts.reads<UsageTables>().selectFrom('usage_counter').select(['meter', 'period_start', 'used']);
  }
}
