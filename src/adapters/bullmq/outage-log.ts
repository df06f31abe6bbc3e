import type { JobLog } from '#kernel/jobs/job-log.js';

/** What of BullMQ tells of its troubles. */
interface Troubled {
  on(event: 'error', listener: (error: Error & { code?: string }) => void): unknown;
}

const SAY_AGAIN_AFTER_MS = 60_000;

/** Says once a minute, and not with every attempt, that a part of the queue has trouble; without the error's text, which may hold an address. */
export class OutageLog {
  #saidAt = -Infinity;

  constructor(
    private readonly log: JobLog,
    private readonly part: string,
  ) {}

  /** Without a listener an error would end the process. */
  watch(troubled: Troubled): void {
    troubled.on('error', (error) => {
      if (performance.now() - this.#saidAt < SAY_AGAIN_AFTER_MS) return;
      this.#saidAt = performance.now();
      this.log.warn({ part: this.part, reason: error.code ?? error.name }, 'the queue of jobs has trouble');
    });
  }
}
