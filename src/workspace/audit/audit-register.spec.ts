import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { auditAction } from '#kernel/plugin/audit-action.js';
import { AuditRegister, SCHEMA_VIOLATION } from '#workspace/audit/audit-register.js';
import { AuditSchemaViolationError } from '#workspace/audit/audit.errors.js';

const CLOSE = auditAction('doors.close', z.strictObject({ hand: z.enum(['left', 'right']) }), 3);
const LOCK = auditAction('doors.lock');

describe('what is declared to be put on record', () => {
  it('goes with the version of its declaration', () => {
    const entry = { action: CLOSE.name, targets: [], details: { hand: 'left' } };
    expect(new AuditRegister([CLOSE, LOCK], true).declared(entry)).toEqual({ entry, version: 3 });
  });

  it.each([
    ['an unknown action', { action: 'doors.slam' as const, targets: [], details: { hand: 'left' } }],
    ['a field too many', { action: CLOSE.name, targets: [], details: { hand: 'left', loud: true } }],
    ['a wrong value', { action: CLOSE.name, targets: [], details: { hand: 'third' } }],
    ['no details', { action: CLOSE.name, targets: [] }],
    ['details where none are declared', { action: LOCK.name, targets: [], details: { hand: 'left' } }],
  ])('is not %s: that fails while developing and is kept as a violation in production', (_what, entry) => {
    expect(() => new AuditRegister([CLOSE, LOCK], true).declared(entry)).toThrow(AuditSchemaViolationError);
    const kept = new AuditRegister([CLOSE, LOCK], false).declared({ ...entry, reason: 'kept' });
    expect(kept.entry).toMatchObject({
      action: SCHEMA_VIOLATION,
      reason: 'kept',
      details: { action: entry.action, details: 'details' in entry ? entry.details : {}, problems: [expect.any(String)] },
    });
  });

  it('is declared once', () => {
    expect(() => new AuditRegister([LOCK, auditAction('doors.lock')], true)).toThrow(TypeError);
  });
});
