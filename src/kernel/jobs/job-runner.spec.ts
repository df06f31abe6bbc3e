import { JobRunner, type JobRunnerParts } from '#kernel/jobs/job-runner.js';

describe('running a try', () => {
  it.each(['suspended', 'cancelled', undefined])('claims nothing of a tenant that is %s, and is not lost for it', async (status) => {
    const done: string[] = [];
    const runner = new JobRunner({
      directory: { byId: () => Promise.resolve(status && { id: 't1', plan: 'starter', status }) },
      contexts: {
        reads: () => {
          done.push('read');
          throw new Error('closed');
        },
      },
      dispatcher: { dispatch: async () => void done.push('dispatched') },
      log: { warn: () => done.push('warned') },
      leaseMs: 1_000,
    } as unknown as JobRunnerParts);
    await runner.run({ tenantId: 't1', id: 'j1', attempt: 1 });
    expect(done).toEqual([]);
  });
});
