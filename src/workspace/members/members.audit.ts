import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';

const Ended = z.strictObject({ sessions: z.int().nonnegative() });

/** What of people, sessions and passwords is put on record. */
export const MEMBER_AUDIT = [
  auditAction('access.foreign-credential', z.strictObject({ kind: z.enum(['member', 'machine']) })),
  auditAction('session.opened', z.strictObject({ device: z.string() })),
  auditAction('session.refused'),
  auditAction('session.renewed', z.strictObject({ cause: z.enum(['step-up', 'password-change']) })),
  auditAction('session.ended', Ended),
  auditAction('session.reuse-detected'),
  auditAction('member.invited'),
  auditAction('member.joined'),
  auditAction('member.changed'),
  auditAction('member.removed'),
  auditAction('member.password-changed', Ended),
  auditAction('member.password-reset', Ended),
  auditAction('member.password-reset-requested'),
];
