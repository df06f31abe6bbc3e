import { pino } from 'pino';
import { loadConfig } from '#main/config.js';
import { openPlatform } from '#main/platform.js';
import { startWorkerApp } from '#main/worker-app.js';
import { prefixOf } from '#testing/jobs/jobs-world.js';
import { arm, passing, type KillPoint } from '#testing/jobs/kill-point.js';
import { specJobs } from '#testing/jobs/spec-jobs.js';

/** What the parent tells a worker of the specs. */
export interface WorkerOrder {
  /** The name of the world it works in. */
  readonly world: string;
  readonly patience: { readonly leaseMs: number; readonly againAfterMs: number; readonly lockMs: number; readonly sweepMs: number };
  readonly concurrency: number;
  readonly kill: { readonly point: KillPoint; readonly nth: number } | null;
  /** A file for what the process says. */
  readonly logFile?: string;
}

const order = JSON.parse(process.argv[2] ?? '') as WorkerOrder;
const log = order.logFile ? pino({ level: 'debug' }, pino.destination(order.logFile)) : pino({ level: 'silent' });
const config = loadConfig({ ...process.env, CONNECTIONS_PER_TENANT: '12', CONNECTIONS_PER_DATABASE_POOL: '12' });
const platform = await openPlatform(config, log, { plugins: [specJobs(order.world).plugin], jobsPrefix: prefixOf(order.world) });
const { directory } = platform;
// The engine asks who the tenant is before it gives out work and before it claims a try.
const watched = new Proxy(directory, {
  get: (target, name) => {
    if (name === 'byId') passing('before-claim');
    const value: unknown = Reflect.get(target, name, target);
    return typeof value === 'function' ? (value.bind(target) as unknown) : value;
  },
});
const worker = await startWorkerApp(
  { ...platform, directory: watched },
  {
    ...order.patience,
    concurrency: order.concurrency,
    gate: {
      refusal: () => {
        passing('after-claim');
        return Promise.resolve(null);
      },
    },
  },
);
if (order.kill) arm(order.kill.point, order.kill.nth);
process.once('SIGTERM', () => {
  void worker
    .stop(2_000)
    .then(() => platform.close())
    .then(() => process.exit(0));
});
process.send?.('working');
