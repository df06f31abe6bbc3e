import { canServe, type SchemaRange } from '#kernel/tenancy/schema-range.js';

describe('versions that a build can serve', () => {
  const range: SchemaRange = { from: '0010-b', to: '0012-d' };

  it.each([
    ['the oldest it can', '0010-b', '', true],
    ['one that it knows', '0011-c', '0011-c', true],
    ['one before', '0009-a', '', false],
    ['a later one that older builds can serve', '0013-e', '0012-d', true],
    ['a later one that only later builds can serve', '0013-e', '0013-e', false],
    ['nothing known', null, null, true],
  ])('%s', (_, homeVersion, homeNeeds, expected) => {
    expect(canServe({ homeVersion, homeNeeds }, range)).toBe(expected);
  });
});
