import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

/** What this part puts on record. */
export const ACCESS_AUDIT_ACTIONS = [
  auditAction('access.denied', z.strictObject({ permission: z.string(), rule: z.string() })),
  auditAction('role.created', z.strictObject({ role: z.string() })),
  auditAction('role.changed', z.strictObject({ role: z.string() })),
  auditAction('role.deleted', z.strictObject({ role: z.string() })),
  auditAction(
    'access.override-given',
    z.strictObject({ permission: z.string(), effect: z.enum(['allow', 'deny']), expiresAt: z.string().nullable() }),
  ),
  auditAction('access.override-ended', z.strictObject({ permission: z.string(), effect: z.enum(['allow', 'deny']) })),
  auditAction('api-key.created', z.strictObject({ name: z.string(), permissions: z.array(z.string()) })),
  auditAction('api-key.revoked'),
];
