import { Controller, Get, Inject, Query } from '@nestjs/common';
import { WORK_OVERSEER, type WorkOverseer } from '#kernel/jobs/work-overseer.js';
import { Door } from '#kernel/plugin/door.js';
import { PlatformRoute } from '#kernel/plugin/route-kind.js';
import { PLATFORM_PERMISSIONS } from '#control/operators/rights/platform-permissions.js';
import { ListTroubledJobs, TroubledJobsView } from '#control/operators/troubled-job.schemas.js';

@Controller('/api/platform/jobs')
export class PlatformJobsController {
  constructor(@Inject(WORK_OVERSEER) private readonly overseer: WorkOverseer) {}

  @Get()
  @PlatformRoute('operators', 'shows work of every tenant')
  @Door({
    summary: 'Dead and late jobs of all tenants in shared databases, newest first',
    permission: PLATFORM_PERMISSIONS.readWork,
    answers: { 200: TroubledJobsView },
  })
  async list(@Query({ schema: ListTroubledJobs }) { lateAfterSeconds, limit }: ListTroubledJobs): Promise<TroubledJobsView> {
    const { jobs, unseen } = await this.overseer.troubled({ lateAfterMs: lateAfterSeconds * 1_000, atMost: limit });
    const data = jobs.map(({ dueAt, createdAt, ...job }) => ({ ...job, dueAt: dueAt.toISOString(), createdAt: createdAt.toISOString() }));
    return { data, unseen: [...unseen] };
  }
}
