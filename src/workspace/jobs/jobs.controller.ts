import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { JobRecords, type JobRecord } from '#workspace/jobs/job-records.js';
import { JOB_PERMISSIONS } from '#workspace/jobs/job.permissions.js';
import { Door } from '#kernel/plugin/door.js';
import { PageCursors } from '#kernel/plugin/page-cursor.js';
import { JobId, JobPage, JobView, ListJobs } from '#workspace/jobs/job.schemas.js';

@Controller('/api/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobRecords,
    private readonly cursors: PageCursors,
  ) {}

  @Get()
  @Door({
    summary: 'List jobs, newest first',
    permission: JOB_PERMISSIONS.read,
    answers: { 200: JobPage },
    refuses: ['cursor.invalid'],
  })
  async list(@Query({ schema: ListJobs }) { limit, cursor, state, name }: ListJobs): Promise<JobPage> {
    const list = ['jobs', { state, name }] as const;
    const before = cursor === undefined ? undefined : this.cursors.open(cursor, list).id;
    const found = await this.jobs.list({ state, name, before, limit: limit + 1 });
    const { data, nextCursor } = this.cursors.page(found, limit, list, ({ id, createdAt }) => ({ id, at: createdAt }));
    return { data: data.map(viewOf), nextCursor };
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Door({
    summary: 'Try a dead job once more',
    permission: JOB_PERMISSIONS.retry,
    answers: { 200: JobView },
    refuses: ['jobs.not-found', 'jobs.not-dead'],
  })
  async retry(@Param('id', { schema: JobId }) id: string): Promise<JobView> {
    return viewOf(await this.jobs.retry(id));
  }
}

function viewOf({ dueAt, startedAt, finishedAt, createdAt, ...job }: JobRecord): JobView {
  return {
    ...job,
    dueAt: dueAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
