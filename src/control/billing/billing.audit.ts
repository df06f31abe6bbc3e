import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

/** What a tenant's people do about money is put on its record. */
export const BILLING_AUDIT = [
  auditAction('billing.checkout-opened', z.strictObject({ plan: z.string() })),
  auditAction('billing.portal-opened'),
  auditAction('billing.plan-changed', z.strictObject({ plan: z.string(), effective: z.enum(['now', 'period-end']) })),
];
