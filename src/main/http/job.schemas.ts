import { z } from 'zod';

const STATES = ['pending', 'queued', 'running', 'done', 'dead'] as const;
const Limit = z.preprocess((text) => (typeof text === 'string' && /^\d{1,3}$/.test(text) ? Number(text) : text), z.int().min(1).max(100));

/** Which jobs, and how many of them at once. */
export const ListJobs = z.strictObject({
  limit: Limit.default(50),
  cursor: z.string().optional(),
  state: z.enum(STATES).optional(),
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
    state: z.enum(STATES),
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

/** How late a job must be to be listed, and how many are. */
export const ListTroubledJobs = z.strictObject({
  lateAfterSeconds: z.coerce.number().int().min(0).max(86_400).default(60),
  limit: Limit.default(100),
});
export type ListTroubledJobs = z.infer<typeof ListTroubledJobs>;

/** Dead and late jobs over all tenants of the shared databases; `unseen` are clusters that could not be looked into. */
export const TroubledJobsView = z
  .strictObject({
    data: z.array(
      z.strictObject({
        tenantId: z.uuid(),
        id: z.uuid(),
        name: z.string(),
        topic: z.string(),
        state: z.enum(STATES),
        attempt: z.int(),
        error: z.string().nullable(),
        dueAt: z.iso.datetime(),
        createdAt: z.iso.datetime(),
      }),
    ),
    unseen: z.array(z.string()),
  })
  .meta({ id: 'TroubledJobs' });
export type TroubledJobsView = z.infer<typeof TroubledJobsView>;
