import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

/** What a tenant's own record says of what became of it as a whole. */
export const LIFECYCLE_AUDIT_ACTIONS = [
  auditAction('lifecycle.export-asked', z.strictObject({ exportId: z.uuid() })),
  auditAction('lifecycle.export-read', z.strictObject({ exportId: z.uuid() })),
  auditAction('lifecycle.exported', z.strictObject({ exportId: z.uuid().nullable(), fingerprint: z.string() })),
  auditAction('lifecycle.imported', z.strictObject({ from: z.uuid(), takenAt: z.string(), fingerprint: z.string() })),
];
