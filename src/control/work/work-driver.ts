import { setTimeout as wait } from 'node:timers/promises';
import type { WorkBook } from '#catalog/work/work-book.js';
import { ENDED, type WorkReport } from '#catalog/work/work-report.js';
import type { WorkRunner } from '#control/work/work-runner.js';

const LOOK_EVERY_MS = 50;

/** Sees a work to its end from this process, beside whoever else may be at it: for a command that waits, and where there is no worker. */
export class WorkDriver {
  constructor(
    private readonly book: WorkBook,
    private readonly runner: WorkRunner,
  ) {}

  /** Begins a work that is this process's own before anybody else may, and sees it to its end. */
  async own(id: string): Promise<WorkReport> {
    await this.runner.run({ id, attempt: 1 }, true);
    return this.drive(id);
  }

  /** Begins every try that is due until the work has ended; gives what became of it. Raises WorkNotFoundError, or what aborted it. */
  async drive(id: string, signal?: AbortSignal): Promise<WorkReport> {
    for (;;) {
      for (const delivery of await this.book.due(1, id)) await this.runner.run(delivery);
      const report = await this.book.report(id);
      if (ENDED.has(report.state)) return report;
      await wait(LOOK_EVERY_MS, undefined, signal && { signal });
    }
  }
}
