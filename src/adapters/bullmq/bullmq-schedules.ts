import { Queue, Worker, type RepeatOptions } from 'bullmq';
import { closeWithin, sendingTo, waitingAt, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import { OutageLog } from '#adapters/bullmq/outage-log.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { Every, Schedule } from '#kernel/jobs/schedule.js';

const TICK_QUEUE = 'tenant-ticks';

export interface BullMqSchedulesOptions extends BullMqPlace {
  readonly schedules: readonly Schedule[];
  readonly log: JobLog;
  /** Gives how many tenants could not be asked; then the tick is tried again. */
  readonly tick: (name: string, at: Date) => Promise<number>;
}

/** A tick that did not reach everybody. */
class TickIncompleteError extends Error {}

/** Ticks by BullMQ's job schedulers: one process of all ticks, and which one does not matter. */
export class BullMqSchedules {
  readonly #queue: Queue<{ name: string }>;
  readonly #worker: Worker<{ name: string }>;

  constructor(private readonly options: BullMqSchedulesOptions) {
    const { url, prefix, tick, log } = options;
    this.#queue = new Queue(TICK_QUEUE, { connection: sendingTo(url), prefix });
    this.#worker = new Worker<{ name: string }>(
      TICK_QUEUE,
      async ({ data, opts, timestamp }) => {
        const failed = await tick(String(data.name), new Date(opts.prevMillis ?? timestamp));
        if (failed > 0) throw new TickIncompleteError();
      },
      { connection: waitingAt(url), prefix, autorun: false, maxStalledCount: 10 },
    );
    new OutageLog(log, 'schedules').watch(this.#queue);
    new OutageLog(log, 'ticks').watch(this.#worker);
  }

  start(): void {
    void this.#worker.run().catch(() => undefined);
  }

  /** Makes Redis know these schedules and no others; to be repeated, because Redis may forget. Raises what Redis raises. */
  async declare(): Promise<void> {
    const { schedules } = this.options;
    for (const known of await this.#queue.getJobSchedulers()) {
      if (!schedules.some(({ name }) => name === known.key)) await this.#queue.removeJobScheduler(known.key);
    }
    for (const { name, every } of schedules) {
      const template = {
        name: 'tick',
        data: { name },
        opts: { attempts: 8, backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 }, removeOnComplete: true, removeOnFail: true },
      };
      await this.#queue.upsertJobScheduler(name, repeatOf(every), template);
    }
  }

  async close(): Promise<void> {
    await Promise.all([closeWithin(this.#worker.close()), closeWithin(this.#queue.close())]);
  }
}

function repeatOf(every: Every): Omit<RepeatOptions, 'key'> {
  if ('milliseconds' in every) return { every: every.milliseconds };
  return { pattern: `${every.dayAt.minute} ${every.dayAt.hour} * * *`, tz: 'UTC' };
}
