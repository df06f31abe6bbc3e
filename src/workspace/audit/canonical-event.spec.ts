import { describe, expect, it } from '@jest/globals';
import { CANONICAL_VECTORS } from '#workspace/audit/canonical-event.vectors.js';
import { hashOfEvent } from '#workspace/audit/canonical-event.js';

describe('the canonical form of an event', () => {
  it.each(CANONICAL_VECTORS.map(({ says, event, sha256 }) => [says, event, sha256] as const))(
    'is as the vector says: %s',
    (_says, event, sha256) => {
      expect(hashOfEvent(event)).toBe(sha256);
    },
  );

  it('has another hash for every field that changes', () => {
    const [{ event }] = CANONICAL_VECTORS as [(typeof CANONICAL_VECTORS)[number]];
    const changed = Object.entries(event).map(([name, value]) =>
      hashOfEvent({ ...event, [name]: typeof value === 'number' ? value + 1 : `${String(value)}x` }),
    );
    expect(new Set([...changed, hashOfEvent(event)]).size).toBe(Object.keys(event).length + 1);
  });
});
