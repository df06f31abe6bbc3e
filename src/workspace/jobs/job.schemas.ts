import { z } from 'zod';
import { Limit } from '#workspace/schemas.js';

/** How far a job has come. */
export const JobState = z.enum(['pending', 'queued', 'running', 'done', 'dead']);

/** Which jobs, and how many of them at once. */
export const ListJobs = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  state: JobState.optional(),
  name: z.string().max(100).optional(),
});
export type ListJobs = z.infer<typeof ListJobs>;

export const JobId = z.uuid();

/** A job as callers see it; what it works on is not shown. */
export const JobView = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    topic: z.string(),
    state: JobState,
    attempt: z.int(),
    error: z.string().nullable(),
    dueAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'Job' });
export type JobView = z.infer<typeof JobView>;

/** Newest first; `nextCursor` is null on the last page. */
export const JobPage = z.strictObject({ data: z.array(JobView), nextCursor: z.string().nullable() }).meta({ id: 'JobPage' });
export type JobPage = z.infer<typeof JobPage>;
