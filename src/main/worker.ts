import type { Logger } from 'pino';
import { requireMigrators } from '#main/clusters.js';
import type { Config } from '#main/config.js';
import { requireFitRedis } from '#main/fit-redis.js';
import { openPlatform } from '#main/platform.js';
import { startPlatformEngine } from '#main/platform-engine.js';
import { openProvisioning } from '#main/provisioning.js';
import { runProcess, type Stop } from '#main/run-process.js';
import { openPlatformWork } from '#main/work-kinds.js';
import { startWorkerApp } from '#main/worker-app.js';

/** What runs may take this long once the process is told to stop; then it is handed back. */
const DRAIN_WITHIN_MS = 25_000;
const STOP_WITHIN_MS = 30_000;
/** Connections of a worker beside those of its jobs: for claims, leases and giving out. */
const BESIDE_JOBS = 4;

async function work(config: Config, log: Logger): Promise<Stop> {
  const platform = await openPlatform(withRoomForJobs(config), log);
  try {
    requireMigrators(platform.clusters, 'a worker');
    await requireFitRedis(config, log);
    const pace = { concurrency: config.WORKER_CONCURRENCY, sweepMs: config.SWEEP_SECONDS * 1_000 };
    const provisioning = config.WORKER_ROLES.includes('platform') ? await openProvisioning(platform) : null;
    const engines = [
      ...(config.WORKER_ROLES.includes('tenants') ? [await startWorkerApp(platform, pace)] : []),
      ...(provisioning ? [startPlatformEngine(platform, { ...openPlatformWork(platform, provisioning), ...pace })] : []),
    ];
    log.info({ concurrency: config.WORKER_CONCURRENCY, roles: config.WORKER_ROLES }, 'working');
    return async () => {
      await Promise.all(engines.map((engine) => engine.stop(DRAIN_WITHIN_MS)));
      await platform.close();
    };
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

await runProcess(work, STOP_WITHIN_MS);
