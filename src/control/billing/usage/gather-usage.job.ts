import { Injectable } from '@nestjs/common';
import { UsageWindows } from '#catalog/billing/usage-windows.js';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { billingPeriodOf } from '#kernel/tenancy/billing-period.js';
import { PlanCatalogue } from '#kernel/tenancy/plan-terms.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { UsageReader } from '#workspace/usage/usage-reader.js';

const HOUR_MS = 3_600_000;
/** Longer than any job is late. */
const LOOK_BACK_MS = 40 * 24 * HOUR_MS;

/** Carries what a tenant counted to the platform, where it is billed. Repeating it changes nothing. */
@Injectable()
export class GatherUsage implements JobHandler {
  static readonly job: JobDeclaration = { name: 'billing.gather-usage', order: 'none', permission: 'platform', transaction: 'own' };

  constructor(
    private readonly usage: UsageReader,
    private readonly windows: UsageWindows,
    private readonly plans: PlanCatalogue,
    private readonly clock: Clock,
  ) {}

  async handle(): Promise<void> {
    const tenant = TenantScope.require('gather usage');
    const now = this.clock.now();
    const present = billingPeriodOf(tenant, now).start.getTime();
    const { meters } = this.plans.entitlementsOf(tenant);
    const counters = await this.usage.since(new Date(now.getTime() - LOOK_BACK_MS));
    for (const counter of counters) {
      // What is over was bought on the terms of then.
      const terms = counter.periodStart.getTime() === present ? (meters[counter.meter] ?? null) : null;
      await this.windows.keep({ tenantId: tenant.id, ...counter }, terms, now);
    }
  }
}

export const GATHER_USAGE_HOURLY: Schedule = { name: 'billing.gather-usage', handler: GatherUsage, every: { milliseconds: HOUR_MS } };
