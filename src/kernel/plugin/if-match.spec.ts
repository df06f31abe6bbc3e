import { IfMatch } from '#kernel/plugin/if-match.js';

describe('IfMatch', () => {
  it.each(['"3"', '"1", "3"', '*', ' "3" '])('lets version 3 be changed by %s', (header) =>
    expect(() => IfMatch.from(header).require(3)).not.toThrow(),
  );

  it.each(['"2"', 'W/"3"', '3', '"3', '"03x"', 'nonsense', '"3.0"', '"-3"'])('finds version 3 changed meanwhile by %s', (header) => {
    expect(() => IfMatch.from(header).require(3)).toThrow(expect.objectContaining({ code: 'precondition.failed', current: 3 }));
  });

  it.each([undefined, ''])('asks for the header when it is %j', (header) => {
    expect(() => IfMatch.from(header)).toThrow(expect.objectContaining({ code: 'precondition.required' }));
  });
});
