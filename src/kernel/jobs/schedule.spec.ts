import { slotOf } from '#kernel/jobs/schedule.js';

describe('the slots of a schedule', () => {
  it.each([
    ['hour', { milliseconds: 3_600_000 }, '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'],
    ['day at a time in UTC', { dayAt: { hour: 2, minute: 30 } }, '2026-03-29T02:30:00Z', '2026-03-30T02:30:00Z'],
  ] as const)('of every %s begin where they should and are one from end to end, summer time or not', (_name, every, begin, next) => {
    const slot = slotOf(every, new Date(begin));
    expect(slotOf(every, new Date(Date.parse(next) - 1))).toBe(slot);
    expect(slotOf(every, new Date(Date.parse(begin) - 1))).toBe(slot - 1);
    expect(slotOf(every, new Date(next))).toBe(slot + 1);
  });
});
