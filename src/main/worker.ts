import type { Logger } from 'pino';
import { AccessJobGate } from '#main/access-job-gate.js';
import { type Config, ConfigError, loadConfig } from '#main/config.js';
import { requireFitRedis } from '#main/fit-redis.js';
import { openLog } from '#main/log.js';
import { openPlatform, type Platform } from '#main/platform.js';
import { startWorkerApp, type WorkerApp } from '#main/worker-app.js';
import { Access } from '#workspace/access/access.js';

/** What runs may take this long once the process is told to stop; then it is handed back. */
const DRAIN_WITHIN_MS = 25_000;
const STOP_WITHIN_MS = 30_000;
/** Connections of a worker beside those of its jobs: for claims, leases and giving out. */
const BESIDE_JOBS = 4;

async function work(config: Config, log: Logger): Promise<void> {
  const platform = await openPlatform(withRoomForJobs(config), log);
  try {
    await requireFitRedis(config, log);
    const worker = await startWorkerApp(platform, {
      gate: (app) => new AccessJobGate(app.get(Access, { strict: false })),
      concurrency: config.WORKER_CONCURRENCY,
      sweepMs: config.SWEEP_SECONDS * 1_000,
    });
    log.info({ concurrency: config.WORKER_CONCURRENCY }, 'working');
    stopWhenTold(worker, platform, log);
  } catch (error) {
    await platform.close();
    throw error;
  }
}

/** A tenant's jobs may all run in one worker, and each holds a connection for as long as it runs. */
function withRoomForJobs(config: Config): Config {
  const room = config.WORKER_CONCURRENCY + BESIDE_JOBS;
  const atLeast = (count: number): number => Math.max(count, room);
  return {
    ...config,
    CONNECTIONS_PER_TENANT: atLeast(config.CONNECTIONS_PER_TENANT),
    CONNECTIONS_PER_CLUSTER_POOL: atLeast(config.CONNECTIONS_PER_CLUSTER_POOL),
    CONNECTIONS_PER_DATABASE_POOL: atLeast(config.CONNECTIONS_PER_DATABASE_POOL),
  };
}

function stopWhenTold(worker: WorkerApp, platform: Platform, log: Logger): void {
  let isStopping = false;
  const stop = (signal: string): void => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void worker
      .stop(DRAIN_WITHIN_MS)
      .then(() => platform.close())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'did not stop in order');
          process.exit(1);
        },
      );
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, stop);
}

try {
  const config = loadConfig(process.env);
  await work(config, openLog(config.LOG_LEVEL));
} catch (error) {
  process.stderr.write(error instanceof ConfigError ? `${error.message}\n` : `${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
