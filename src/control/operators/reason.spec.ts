import { reasonOf } from './reason.js';

describe('the reason of an act', () => {
  it('is read from a body before anybody looked at the rest, trimmed', () => {
    expect(reasonOf({ reason: '  asked for by mail ', other: 1 })).toBe('asked for by mail');
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [{}],
    [{ reason: 'no' }],
    [{ reason: 7 }],
    [{ reason: ['a reason'] }],
    [{ reason: 'x'.repeat(501) }],
    [{ reason: 'a\0b c' }],
  ])('is none when the body is %j', (body) => {
    expect(reasonOf(body)).toBeUndefined();
  });
});
