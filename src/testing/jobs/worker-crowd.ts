import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { KILL_POINTS, type KillPoint } from '#testing/jobs/kill-point.js';
import type { WorkerOrder } from '#testing/jobs/worker-process.js';

const PROCESS = join(import.meta.dirname, '../../../dist/src/testing/jobs/worker-process.js');

/** Processes that work until they are killed, and are replaced then. */
export class WorkerCrowd {
  readonly kills: Record<KillPoint, number> = {
    'before-claim': 0,
    'after-claim': 0,
    'in-handler': 0,
    'before-commit': 0,
    'after-commit': 0,
  };
  /** How often a worker ended by itself, which none should. */
  failures = 0;
  readonly #workers = new Set<ChildProcess>();
  #wanted: number;
  #started = 0;
  #isClosed = false;

  /** Each worker is killed at one of the points, in turn, until so many were. */
  constructor(
    private readonly order: Omit<WorkerOrder, 'kill'>,
    { workers, kills }: { readonly workers: number; readonly kills: number },
  ) {
    this.#wanted = kills;
    for (let worker = 0; worker < workers; worker += 1) this.#start();
  }

  get killed(): number {
    return Object.values(this.kills).reduce((sum, count) => sum + count, 0);
  }

  /** From now on nobody is killed any more; those who were to be are replaced. */
  get hasEnough(): boolean {
    if (this.failures > 0) throw new Error('a worker ended by itself; what it said is above');
    return this.killed >= this.#wanted;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#workers].map((worker) => ended(worker, 'SIGKILL')));
  }

  #start(): void {
    const point = KILL_POINTS[this.#started++ % KILL_POINTS.length]!;
    const kill = this.hasEnough ? null : { point, nth: 1 + Math.floor(Math.random() * 4) };
    const worker = fork(PROCESS, [JSON.stringify({ ...this.order, kill })], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--no-warnings'],
    });
    this.#workers.add(worker);
    worker.once('exit', (_code, signal) => {
      this.#workers.delete(worker);
      if (this.#isClosed) return;
      if (signal === 'SIGKILL' && kill) this.kills[point] += 1;
      else this.failures += 1;
      // One that cannot even start would be started for ever.
      if (this.failures === 0) this.#start();
    });
  }
}

function ended(worker: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  worker.once('exit', () => resolve(undefined));
  worker.kill(signal);
  return promise;
}
