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
      async ({ data, id, timestamp }) => {
        const failed = await tick(data.name, plannedFor(id) ?? new Date(timestamp));
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
    const known = new Map((await this.#queue.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]));
    for (const name of known.keys()) {
      if (!schedules.some((schedule) => schedule.name === name)) await this.#queue.removeJobScheduler(name);
    }
    for (const { name, every } of schedules) {
      const repeat = repeatOf(every);
      const { every: knownEvery, pattern, next } = known.get(name) ?? {};
      // What is known already is left alone: declaring it anew would tick it at once.
      if (next !== undefined && (knownEvery ?? 0) === (repeat.every ?? 0) && (pattern ?? '') === (repeat.pattern ?? '')) continue;
      const template = {
        name: 'tick',
        data: { name },
        opts: { attempts: 8, backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 }, removeOnComplete: true, removeOnFail: true },
      };
      await this.#queue.upsertJobScheduler(name, repeat, template);
    }
  }

  async close(): Promise<void> {
    await Promise.all([closeWithin(this.#worker.close()), closeWithin(this.#queue.close())]);
  }
}

/** When a tick was to happen, whenever it does: its id ends with that, and nothing else of it says so. */
function plannedFor(id: string | undefined): Date | null {
  const [, milliseconds] = /^repeat:.*:(\d{13})$/.exec(id ?? '') ?? [];
  return milliseconds === undefined ? null : new Date(Number(milliseconds));
}

function repeatOf(every: Every): Omit<RepeatOptions, 'key'> {
  if ('milliseconds' in every) return { every: every.milliseconds };
  return { pattern: `${every.dayAt.minute} ${every.dayAt.hour} * * *`, tz: 'UTC' };
}
