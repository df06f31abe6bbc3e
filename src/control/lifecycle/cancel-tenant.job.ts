import { Injectable } from '@nestjs/common';
import type { JobDeclaration, JobHandler, JobTry } from '#kernel/jobs/job-handler.js';
import { TenantScope } from '#kernel/tenancy/tenant-scope.js';
import { companyCancellationRequested } from '#workspace/company/company.events.js';
import { TenantLifecycle } from './tenant-lifecycle.js';

/**
 * Hands the wish of a tenant's owner to the platform, which cancels the tenant after this job is marked as done: the mark of a job that
 * closed its own tenant would be turned away by the fence, and a tenant that is reactivated later would be cancelled by it once more.
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

  constructor(private readonly lifecycle: TenantLifecycle) {}

  async handle(_payload: object, { id: jobId }: JobTry): Promise<void> {
    const { id } = TenantScope.require('cancel a tenant');
    await TenantScope.leave(() => this.lifecycle.askToCancel(id, `lifecycle.cancel:${id}:${jobId}`));
  }
}
