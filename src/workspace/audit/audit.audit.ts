import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';
import { RETENTION_CUT } from '#workspace/audit/retention-cut.js';

const Count = z.int().min(0);
const Filter = z.string().optional();

/** What is put on record about the record itself. */
export const AUDIT_ACTIONS = [
  auditAction(
    'audit.read',
    z.strictObject({ actor: Filter, action: Filter, target: Filter, outcome: Filter, from: Filter, to: Filter, rows: Count }),
  ),
  auditAction('audit.verify', z.strictObject({ checked: Count, problems: Count })),
  auditAction('audit.export', z.strictObject({ lastSeq: Count })),
  RETENTION_CUT,
];
