import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

/** What is put on record of settings; what they were and are stands in the changes. */
export const SETTINGS_AUDIT = [
  auditAction('settings.changed', z.strictObject({ until: z.iso.datetime().nullable() })),
  auditAction('settings.cleared'),
];
