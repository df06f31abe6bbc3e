import { randomUUID, randomUUIDv7 } from 'node:crypto';
import { bornAt, isUuid, uuidOf } from './uuid.js';

describe('a UUID', () => {
  it('is known by its shape, in small letters, and not by its length and its letters alone', () => {
    expect([randomUUID(), randomUUIDv7()].map(isUuid)).toEqual([true, true]);
    for (const other of ['a'.repeat(36), '-'.repeat(36), randomUUID().toUpperCase(), `${randomUUID()}\n`, '', 7, null])
      expect(isUuid(other)).toBe(false);
  });

  it('is what its bytes say', () => {
    const id = randomUUID();
    expect(uuidOf(Buffer.from(id.replaceAll('-', ''), 'hex'))).toBe(id);
  });

  it('says when it was made', () => {
    expect(bornAt('019a0000-0000-7000-8000-000000000000').getTime()).toBe(0x019a00000000);
    expect(Math.abs(bornAt(randomUUIDv7()).getTime() - Date.now())).toBeLessThan(60_000);
  });
});
