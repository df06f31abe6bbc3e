import type { WorkBell, WorkBook } from '#catalog/work/work-book.js';
import type { PlatformSchedules } from '#control/work/platform-schedule.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobLog } from '#kernel/jobs/job-log.js';

const AT_MOST = 200;

export interface WorkSweepParts {
  readonly book: WorkBook;
  readonly schedules: PlatformSchedules;
  readonly ring: WorkBell;
  readonly log: JobLog;
  readonly everyMs: number;
}

/** Looks for works that are due and were not rung for, and asks for those of the present slots. */
export class WorkSweep {
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;

  constructor(private readonly parts: WorkSweepParts) {}

  start(): void {
    const tick = (): void => {
      this.#underWay ??= this.sweep().finally(() => (this.#underWay = undefined));
    };
    this.#timer = setInterval(tick, this.parts.everyMs);
    tick();
  }

  /** Never raises; what could not be looked at now is looked at again. */
  async sweep(): Promise<void> {
    const { book, schedules, ring, log } = this.parts;
    try {
      await schedules.ask();
      const due = await book.due(AT_MOST);
      if (due.length > 0) ring(due);
    } catch (error) {
      log.warn({ reason: failureText(error) }, 'a sweep for works of the platform was not whole');
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#underWay;
  }
}
