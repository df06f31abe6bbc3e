import { Queue } from 'bullmq';
import { closeWithin, sendingTo, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import { OutageLog } from '#adapters/bullmq/outage-log.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import { JobTransportError } from '#kernel/jobs/job.errors.js';

/** The one queue of all tenants' work, and the one of the platform's. */
export const TENANT_QUEUE = 'tenant-work';
export const PLATFORM_QUEUE = 'platform-work';
export type WorkQueue = typeof TENANT_QUEUE | typeof PLATFORM_QUEUE;
const HAND_OVER_WITHIN_MS = 700;

/**
 * Hands tries over through BullMQ, as a transport and nothing more: it neither retries nor remembers, and a try it still has is not taken
 * twice.
 */
export class BullMqTransport<Delivery extends { readonly id: string; readonly attempt: number }> {
  readonly #queue: Queue<Delivery>;

  constructor(queue: WorkQueue, { url, prefix }: BullMqPlace, log: JobLog) {
    this.#queue = new Queue(queue, { connection: sendingTo(url), prefix, skipMetasUpdate: true });
    new OutageLog(log, 'queue').watch(this.#queue);
  }

  /** Raises JobTransportError within a second when they could not be handed over. */
  async deliver(deliveries: readonly Delivery[]): Promise<void> {
    const jobs = deliveries.map((data) => ({
      name: 'try',
      data,
      opts: { jobId: `${data.id}-${String(data.attempt)}`, attempts: 1, removeOnComplete: true, removeOnFail: true },
    }));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new JobTransportError()), HAND_OVER_WITHIN_MS);
    try {
      await Promise.race([late, this.#queue.addBulk(jobs as never)]);
    } catch (error) {
      throw error instanceof JobTransportError ? error : new JobTransportError({ cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): Promise<void> {
    return closeWithin(this.#queue.close());
  }
}
