import { TRIM_IDEMPOTENCY_KEYS, TrimIdempotencyKeys } from '#kernel/idempotency/trim-idempotency-keys.job.js';
import { TRIM_OUTBOX_DAILY, TrimOutbox } from '#kernel/jobs/trim-outbox.job.js';
import type { Plugin } from '#kernel/plugin/plugin.js';
import { JOB_PERMISSIONS } from '#workspace/jobs/job.permissions.js';
import { JOBS_AUDIT_ACTIONS } from '#workspace/jobs/jobs.audit.js';
import { JobsModule } from '#workspace/jobs/jobs.module.js';

/** The records of jobs, and what keeps them and the answers to repeated requests from growing for ever. */
export const jobsPlugin: Plugin = {
  name: 'jobs',
  entities: [],
  module: JobsModule,
  permissions: Object.values(JOB_PERMISSIONS),
  handlers: [TrimIdempotencyKeys, TrimOutbox],
  schedules: [TRIM_IDEMPOTENCY_KEYS, TRIM_OUTBOX_DAILY],
  auditActions: JOBS_AUDIT_ACTIONS,
};
