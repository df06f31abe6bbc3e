import { Queue } from 'bullmq';
import { closeWithin, sendingTo, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import { OutageLog } from '#adapters/bullmq/outage-log.js';
import type { JobLog } from '#kernel/jobs/job-log.js';
import type { JobDelivery, JobTransport } from '#kernel/jobs/job-transport.js';
import { JobTransportError } from '#kernel/jobs/job.errors.js';

/** The one queue of all tenants' work. */
export const WORK_QUEUE = 'tenant-work';
const HAND_OVER_WITHIN_MS = 700;

/**
 * Hands tries over through BullMQ, as a transport and nothing more: it neither retries nor remembers, and a try it still has is not taken
 * twice.
 */
export class BullMqTransport implements JobTransport {
  readonly #queue: Queue<JobDelivery>;

  constructor({ url, prefix }: BullMqPlace, log: JobLog) {
    this.#queue = new Queue(WORK_QUEUE, { connection: sendingTo(url), prefix, skipMetasUpdate: true });
    new OutageLog(log, 'queue').watch(this.#queue);
  }

  async deliver(deliveries: readonly JobDelivery[]): Promise<void> {
    const jobs = deliveries.map(({ tenantId, id, attempt }) => ({
      name: 'try',
      data: { tenantId, id, attempt },
      opts: { jobId: `${id}-${String(attempt)}`, attempts: 1, removeOnComplete: true, removeOnFail: true },
    }));
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new JobTransportError()), HAND_OVER_WITHIN_MS);
    try {
      await Promise.race([late, this.#queue.addBulk(jobs)]);
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
