import { Queue } from 'bullmq';
import { closeWithin, sendingTo, type BullMqPlace } from '#adapters/bullmq/bullmq-connection.js';
import { TENANT_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import type { ErasedTenant, StoreFinding, TenantStore } from '#control/lifecycle/tenant-store.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';

const PAGE = 500;
const STATES = ['waiting', 'active', 'delayed', 'prioritized', 'completed', 'failed', 'waiting-children'] as const;

/** The tries of a tenant that BullMQ has for its workers. They go first, through BullMQ: it keeps count of what it has in more than one place. */
export class BullMqTenantStore implements TenantStore {
  readonly name = 'queue';

  constructor(private readonly place: BullMqPlace) {}

  async search(tenant: ErasedTenant): Promise<StoreFinding[]> {
    const ids = await this.#with((queue) => idsOf(queue, tenant.id));
    return ids.length > 0 ? [{ kind: `jobs of ${TENANT_QUEUE}`, count: ids.length }] : [];
  }

  /** A try that a worker has right now cannot be taken from it; the fence ends it, and the next attempt finds it gone. */
  async erase(tenant: ErasedTenant): Promise<void> {
    await this.#with(async (queue) => {
      for (const id of await idsOf(queue, tenant.id)) await queue.remove(id);
    });
  }

  async #with<T>(work: (queue: Queue<JobDelivery>) => Promise<T>): Promise<T> {
    const { url, prefix } = this.place;
    const queue = new Queue<JobDelivery>(TENANT_QUEUE, {
      connection: { ...sendingTo(url), enableOfflineQueue: true },
      prefix,
      skipMetasUpdate: true,
    });
    // What does not answer is told by the command that asks it.
    queue.on('error', () => undefined);
    try {
      return await work(queue);
    } finally {
      await closeWithin(queue.close());
    }
  }
}

async function idsOf(queue: Queue<JobDelivery>, tenantId: string): Promise<string[]> {
  const ids = new Set<string>();
  for (const state of STATES)
    for (let from = 0; ; from += PAGE) {
      const page = await queue.getJobs([state], from, from + PAGE - 1, true);
      for (const job of page) if (job.id !== undefined && job.data.tenantId === tenantId) ids.add(job.id);
      if (page.length < PAGE) break;
    }
  return [...ids];
}
