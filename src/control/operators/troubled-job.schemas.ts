import { z } from 'zod';
import { JobState } from '#workspace/jobs/job.schemas.js';
import { Limit } from '#workspace/schemas.js';

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
        state: JobState,
        attempt: z.int(),
        error: z.string().nullable(),
        dueAt: z.iso.datetime(),
        createdAt: z.iso.datetime(),
      }),
    ),
    unseen: z.array(z.string()).describe('Clusters out of reach, or for which this process was given no migratorUrl (see CLUSTERS).'),
  })
  .meta({ id: 'TroubledJobs' });
export type TroubledJobsView = z.infer<typeof TroubledJobsView>;
