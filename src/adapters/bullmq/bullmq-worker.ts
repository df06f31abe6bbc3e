import { Worker } from 'bullmq';
import { waitingAt, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import { WORK_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import { OutageLog } from '#adapters/bullmq/outage-log.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Whether a try may run again is decided by its lease in the database, so BullMQ never has enough of one. */
const NEVER_GIVES_UP = 1_000_000;

export interface BullMqWorkerOptions extends BullMqPlace {
  readonly concurrency: number;
  readonly log: JobLog;
  /** After how long a try of a worker that is gone is taken from it, in milliseconds. */
  readonly lockMs: number;
  /** Must not raise. */
  readonly run: (delivery: JobDelivery) => Promise<void>;
}

/** Takes tries from the queue, so many at once, the oldest first. */
export class BullMqWorker {
  readonly #worker: Worker<JobDelivery>;

  constructor({ url, prefix, concurrency, log, lockMs, run }: BullMqWorkerOptions) {
    this.#worker = new Worker<JobDelivery>(
      WORK_QUEUE,
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

/** Redis is not believed: what does not look like a delivery names nobody. */
function isDelivery({ tenantId, id, attempt }: Partial<JobDelivery>): boolean {
  return UUID.test(tenantId ?? '') && UUID.test(id ?? '') && Number.isSafeInteger(attempt);
}
