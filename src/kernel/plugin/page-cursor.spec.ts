import fc from 'fast-check';
import { fromCursor, toCursor } from '#kernel/plugin/page-cursor.js';

const id = '01970000-0000-7000-8000-00000000000a';
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a page cursor', () => {
  it('gives back the position it was made of', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true }), (at) => {
        expect(fromCursor(toCursor({ at, id }))).toEqual({ at, id });
      }),
    );
  });

  it.each([
    '',
    'nonsense',
    '{}',
    encoded({}),
    encoded([]),
    encoded(['2026-01-01T00:00:00.000Z']),
    encoded(['2026-01-01T00:00:00.000Z', id, 1]),
    encoded(['2026-01-01', id]),
    encoded(['2026-13-01T00:00:00.000Z', id]),
    encoded(['0000-12-31T23:59:59.999Z', id]),
    encoded(['-000001-01-01T00:00:00.000Z', id]),
    encoded(['+010000-01-01T00:00:00.000Z', id]),
    encoded(['+275760-09-13T00:00:00.000Z', id]),
    encoded([1, id]),
    encoded(['2026-01-01T00:00:00.000Z', id.toUpperCase()]),
    encoded(['2026-01-01T00:00:00.000Z', "' or 1=1"]),
    `${encoded(['2026-01-01T00:00:00.000Z', id])}=`,
    `${encoded(['2026-01-01T00:00:00.000Z', id])}A`,
    'A'.repeat(500),
  ])('is refused when it is %j', (cursor) => {
    expect(() => fromCursor(cursor)).toThrow(expect.objectContaining({ code: 'cursor.invalid' }));
  });
});
