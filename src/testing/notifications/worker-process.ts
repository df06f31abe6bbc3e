import { pino } from 'pino';
import { loadConfig } from '#main/config.js';
import { openPlatform } from '#main/platform.js';
import { startWorkerApp } from '#main/worker-app.js';
import { ownTenants } from '#testing/notifications/own-tenants.js';

/** What the parent tells a worker: whose jobs it does, and by which name of the queue. */
export interface WorkerOrder {
  readonly tenants: readonly string[];
  readonly prefix: string;
}

const { tenants, prefix } = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const platform = await openPlatform(loadConfig(process.env), pino({ level: 'silent' }), { jobsPrefix: prefix });
await startWorkerApp(
  { ...platform, directory: ownTenants(platform.directory, new Set(tenants)) },
  {
    gate: { refusal: () => Promise.resolve(null) },
    ...{ concurrency: 4, sweepMs: 300, leaseMs: 1_500, againAfterMs: 1_200, lockMs: 1_000 },
  },
);
process.send?.('working');
