import fc from 'fast-check';
import { rowTimeText } from './row-time-text.js';

describe('the time of a row', () => {
  it.each([
    ['2026-11-21 08:00:00+00', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21 08:00:10.5+00', '2026-11-21T08:00:10.500Z'],
    ['2026-11-21 08:00:00.05+00', '2026-11-21T08:00:00.050Z'],
    ['2026-11-21 08:00:00.123+00', '2026-11-21T08:00:00.123Z'],
    ['2026-11-21 08:00:00.123+02', '2026-11-21T06:00:00.123Z'],
    ['0044-03-15 12:00:00+00', '0044-03-15T12:00:00.000Z'],
    ['2026-11-21T08:00:00.123Z', '2026-11-21T08:00:00.123Z'],
  ])('is, of %s, %s', (text, iso) => {
    expect(rowTimeText(text)).toBe(iso);
  });

  it('is what it would be if it were read, whenever it is', () => {
    const times = fc.date({ min: new Date('1000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
    fc.assert(
      fc.property(times, (time) => {
        const [whole = '', fraction = ''] = time.toISOString().slice(0, -1).replace('T', ' ').split('.');
        const rest = fraction.replace(/0+$/, '');
        expect(rowTimeText(`${whole}${rest && `.${rest}`}+00`)).toBe(time.toISOString());
        expect(rowTimeText(time)).toBe(time.toISOString());
      }),
      { numRuns: 2_000 },
    );
  });
});
