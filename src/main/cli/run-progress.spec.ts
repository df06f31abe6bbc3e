import { Writable } from 'node:stream';
import type { RunEvent } from '#catalog/fleet/migration-run.js';
import { RunProgress } from '#main/cli/run-progress.js';

const [SHOW_CURSOR, HIDE_CURSOR] = ['\x1b[?25h', '\x1b[?25l'];

describe('how a run is shown', () => {
  let said: string;
  const streamOf = (isTTY: boolean): NodeJS.WriteStream =>
    Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          said += String(chunk);
          done();
        },
      }),
      { isTTY, columns: 200 },
    ) as unknown as NodeJS.WriteStream;
  const event = (migrated: number, failures: RunEvent['failures'] = []): RunEvent => ({
    ...{ seq: 1, at: new Date(), state: 'running', wave: 2, failures },
    targets: { total: 10, migrated, failed: failures.filter(({ isTriedAgain }) => !isTriedAgain).length, skipped: 0, pending: 0 },
  });
  const WRONG = [
    { target: 'one', error: '55P03: it is held', isTriedAgain: true },
    { target: 'two', error: '42P07: it is there', isTriedAgain: false },
  ];

  beforeEach(() => {
    said = '';
  });

  it('is a bar on a terminal, with what went wrong above it when it did, and the cursor is given back', () => {
    const progress = new RunProgress(streamOf(true));
    progress.show(event(3));
    expect(said).toContain('3/10 homes');
    expect([said.includes(HIDE_CURSOR), said.includes(SHOW_CURSOR)]).toEqual([true, false]);
    said = '';
    progress.show(event(4, WRONG));
    expect(said).toMatch(/tried again: one: 55P03: it is held\n.*failed: two: 42P07: it is there\n.*5\/10 homes.*1 failed/s);
    progress.end();
    expect(said).toContain(SHOW_CURSOR);
  });

  it('is a line now and then elsewhere, and tells what is tried again from what failed', () => {
    const progress = new RunProgress(streamOf(false));
    progress.show(event(3));
    progress.show(event(4, WRONG));
    progress.show({ ...event(9), state: 'failed' });
    progress.end();
    expect(said.split('\n')).toEqual([
      'running, wave 2: 3 of 10, 0 failed',
      'tried again: one: 55P03: it is held',
      'failed: two: 42P07: it is there',
      'failed, wave 2: 9 of 10, 0 failed',
      '',
    ]);
  });
});
