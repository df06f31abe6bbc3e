import { Injectable } from '@nestjs/common';
import type { JobDeclaration, JobHandler } from '#kernel/jobs/job-handler.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { companyCancellationRequested } from '#workspace/company/company.events.js';
import { TenantCloser } from './tenant-closer.js';

/**
 * Closes the tenant whose owner asked for it. The mark that it is done is turned away by the very fence it closes, and not set before,
 * because a crash in between would forget the cancellation. So its record stays as it ran, behind the fence: no sweep looks there, and
 * those who run the platform are not told that it is late.
 */
@Injectable()
export class CancelTenant implements JobHandler {
  static readonly job: JobDeclaration = {
    name: 'lifecycle.cancel-tenant',
    on: [companyCancellationRequested],
    order: 'none',
    // It was decided when it was asked for; whoever asked may be signed out by now.
    permission: 'platform',
    transaction: 'own',
  };

  constructor(private readonly closer: TenantCloser) {}

  async handle(): Promise<void> {
    const { id } = TenantScope.require('cancel a tenant');
    await TenantScope.leave(() => this.closer.cancel(id));
  }
}
