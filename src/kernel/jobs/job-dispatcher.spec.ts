import { JobDispatcher, type JobDispatcherParts } from '#kernel/jobs/job-dispatcher.js';
import type { TenantStatus } from '#kernel/tenancy/tenant.js';

describe('giving out work', () => {
  it.each(['suspended', 'cancelled', undefined])('asks nothing and hands over nothing of a tenant that is %s', async (status) => {
    const done: string[] = [];
    const dispatcher = new JobDispatcher({
      directory: { byId: () => Promise.resolve(status && { id: 't1', plan: 'starter', status: status as TenantStatus }) },
      contexts: {
        reads: () => {
          done.push('read');
          throw new Error('closed');
        },
      },
      plans: { of: () => ({ jobWeight: 1 }) },
      transport: { deliver: async () => void done.push('delivered') },
      log: { warn: () => done.push('warned') },
      kinds: [],
      againAfterMs: 1_000,
    } as unknown as JobDispatcherParts);
    await dispatcher.dispatch('t1');
    await dispatcher.stop();
    expect(done).toEqual([]);
  });
});
