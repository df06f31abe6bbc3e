import { describe, expect, it } from '@jest/globals';
import { auditRowOf } from '#workspace/audit/audit-row.js';
import { REDACTED } from '#workspace/audit/redaction.js';

const origin = { surface: 'http', principal: null, requestId: 'r1', traceParent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` } as const;

describe('the row of an entry', () => {
  it('has no value of a secret, wherever in the entry it stands', () => {
    const entry = {
      action: 'specs.note' as const,
      targets: [],
      details: { name: 'kept', password: 'canary', deep: [{ apiKey: 'canary' }] },
      changes: [{ path: 'settings.token', old: 'canary', new: { more: 'canary' } }],
    };
    const userAgent = 'canary postgres://app:canary@db.example/tenant';
    const row = auditRowOf({ entry, version: 1 }, 't1', { ...origin, userAgent });
    expect(JSON.stringify(row)).not.toContain('canary');
    expect(JSON.parse(row.details)).toEqual({ name: 'kept', password: REDACTED, deep: [{ apiKey: REDACTED }] });
    expect(JSON.parse(row.changes)).toEqual([{ path: 'settings.token', old: REDACTED, new: REDACTED }]);
  });
});
