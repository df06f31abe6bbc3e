import { Injectable } from '@nestjs/common';
import { TenantRollups } from '#catalog/rollups/tenant-rollups.js';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import type { Schedule } from '#kernel/jobs/schedule.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { Clock } from '#kernel/work/clock.js';
import { TenantCounter } from './tenant-counter.js';

/** Counts a tenant, in its own scope, and tells the catalog outside of it. */
@Injectable()
export class CountTenant implements JobHandler {
  static readonly job: JobDeclaration = {
    name: 'metrics.count-tenant',
    order: 'none',
    permission: 'platform',
    attempts: 3,
    transaction: 'own',
  };

  constructor(
    private readonly counter: TenantCounter,
    private readonly rollups: TenantRollups,
    private readonly clock: Clock,
  ) {}

  async handle(): Promise<void> {
    const tenant = TenantScope.require('count a tenant');
    const countedAt = this.clock.now();
    const counts = await this.counter.count();
    await TenantScope.leave(() => this.rollups.put(tenant.id, { ...counts, schemaVersion: tenant.homeVersion, countedAt }));
  }
}

/** So old is a figure at most, while the tenant's database is there and a worker runs. */
export const COUNT_TENANTS_HOURLY: Schedule = { name: 'metrics.count-tenant', handler: CountTenant, every: { milliseconds: 3_600_000 } };
