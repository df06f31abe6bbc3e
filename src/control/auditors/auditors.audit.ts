import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

const Details = z.strictObject({ email: z.string(), role: z.string(), expiresAt: z.iso.datetime() });

/** What a tenant's own record says of those who were let in to look at its rows. */
export const AUDITOR_ACTIONS = {
  granted: auditAction('auditors.granted', Details),
  revoked: auditAction('auditors.revoked', Details),
};
