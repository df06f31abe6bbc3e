import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

/** What this part puts on record. */
export const JOBS_AUDIT_ACTIONS = [auditAction('job.retried', z.strictObject({ name: z.string(), attempts: z.int().min(0) }))];
