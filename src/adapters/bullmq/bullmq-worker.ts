import { Worker } from 'bullmq';
import { waitingAt, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import type { WorkQueue } from '#adapters/bullmq/bullmq-transport.js';
import { OutageLog } from '#adapters/bullmq/outage-log.js';
import type { JobLog } from '#kernel/jobs/job-log.js';

/** Whether a try may run again is decided by its lease in the database, so BullMQ never has enough of one. */
const NEVER_GIVES_UP = 1_000_000;

export interface BullMqWorkerOptions<Delivery> extends BullMqPlace {
  readonly queue: WorkQueue;
  readonly concurrency: number;
  readonly log: JobLog;
  /** After how long a try of a worker that is gone is taken from it, in milliseconds. */
  readonly lockMs: number;
  /** Redis is not believed: what does not look like a delivery is passed over. */
  readonly isDelivery: (data: Partial<Delivery>) => boolean;
  /** Must not raise. */
  readonly run: (delivery: Delivery) => Promise<void>;
}

/** Takes tries from the queue, so many at once, the oldest first. */
export class BullMqWorker<Delivery extends { readonly id: string; readonly attempt: number }> {
  readonly #worker: Worker<Delivery>;

  constructor({ queue, url, prefix, concurrency, log, lockMs, isDelivery, run }: BullMqWorkerOptions<Delivery>) {
    this.#worker = new Worker<Delivery>(
      queue,
      async ({ data }) => {
        if (isDelivery(data)) await run(data);
      },
      {
        connection: waitingAt(url),
        prefix,
        concurrency,
        autorun: false,
        lockDuration: lockMs,
        stalledInterval: lockMs / 2,
        maxStalledCount: NEVER_GIVES_UP,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    new OutageLog(log, 'worker').watch(this.#worker);
  }

  start(): void {
    // It ends when it is closed; what goes wrong before that is told as an error event.
    void this.#worker.run().catch(() => undefined);
  }

  /** Takes nothing new and waits for what is running. */
  close(): Promise<void> {
    return this.#worker.close();
  }
}
