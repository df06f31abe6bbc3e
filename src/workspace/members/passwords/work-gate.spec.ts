import { AuthBusyError } from '../auth.errors.js';
import { WorkGate } from './work-gate.js';

describe('WorkGate', () => {
  it('runs so many at once, keeps so many waiting in their order, and refuses the rest at once', async () => {
    const gate = new WorkGate({ atOnce: 2, waiting: 3 });
    const ends: (() => void)[] = [];
    const begun: number[] = [];
    const work = (number: number) =>
      gate.run(() => {
        begun.push(number);
        return new Promise<number>((resolve) => ends.push(() => resolve(number)));
      });
    const all = [1, 2, 3, 4, 5].map(work);
    await expect(work(6)).rejects.toThrow(AuthBusyError);
    expect(begun).toEqual([1, 2]);
    for (let number = 1; number <= 5; number += 1) {
      ends[number - 1]!();
      expect(await all[number - 1]).toBe(number);
      // Whoever waits begins in the turn after the one that made room.
      await new Promise(setImmediate);
      expect(begun).toEqual([1, 2, 3, 4, 5].slice(0, Math.min(5, number + 2)));
    }
  });

  it('gives the place of work that failed to the next', async () => {
    const gate = new WorkGate({ atOnce: 1, waiting: 1 });
    const failing = gate.run(() => Promise.reject(new Error('no')));
    const next = gate.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await gate.run(() => Promise.resolve('again'))).toBe('again');
  });
});
