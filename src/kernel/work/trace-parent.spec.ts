import { traceIdOf, traceParentOf } from '#kernel/work/trace-parent.js';

const SHAPE = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

describe('a trace parent', () => {
  it('goes on with the trace of the caller, as a step of its own', () => {
    const own = traceParentOf(caller);
    expect(own).toMatch(SHAPE);
    expect(traceIdOf(own)).toBe(traceIdOf(caller));
    expect([own.slice(36, 52) === caller.slice(36, 52), own.slice(-2)]).toEqual([false, '00']);
  });

  it.each([
    undefined,
    '',
    'nonsense',
    `${caller}-more`,
    caller.replace('00-4', '01-4'),
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    [caller],
  ])('begins a new trace for %j', (header) => {
    expect(traceParentOf(header)).toMatch(SHAPE);
    expect(traceIdOf(traceParentOf(header))).not.toBe(traceIdOf(traceParentOf(header)));
  });
});
