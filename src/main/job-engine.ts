import type { Logger } from 'pino';
import { BullMqSchedules } from '#adapters/bullmq/bullmq-schedules.js';
import { BullMqTransport, TENANT_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import { BullMqWorker } from '#adapters/bullmq/bullmq-worker.js';
import { closeRedis, openRedis } from '#adapters/redis/redis-client.js';
import { TenantRegistry } from '#catalog/tenants/tenant-registry.js';
import { JobDispatcher } from '#kernel/jobs/job-dispatcher.js';
import { failureText } from '#kernel/jobs/job-failure.js';
import type { JobGate } from '#kernel/jobs/job-gate.js';
import type { JobHandler, JobHandlerClass } from '#kernel/jobs/job-handler.js';
import type { JobDelivery } from '#kernel/jobs/job-transport.js';
import { JobRunner } from '#kernel/jobs/job-runner.js';
import { JobSweep } from '#kernel/jobs/job-sweep.js';
import { ScheduleTicks } from '#kernel/jobs/schedule-ticks.js';
import { isUuid } from '#kernel/model/uuid.js';
import type { Platform } from '#main/platform.js';

/** What runs jobs beside a platform: its handlers and who may have them run, and how patient it is, all in milliseconds. */
export interface JobEngineOptions {
  readonly handlerOf: (kind: JobHandlerClass) => JobHandler<never>;
  readonly gate: JobGate;
  readonly concurrency: number;
  readonly sweepMs: number;
  /** How long a try belongs to a worker that gives no sign of life. */
  readonly leaseMs?: number;
  /** After how long a try that was given out and not begun is given out again. */
  readonly againAfterMs?: number;
  /** After how long the queue takes a try from a worker that gives no sign of life. */
  readonly lockMs?: number;
}

const LEASE_MS = 30_000;
const AGAIN_AFTER_MS = 15_000;
const LOCK_MS = 10_000;

/** A running engine. */
export interface JobEngine {
  /** Takes no new work, waits for what is running, and hands back what is not done in time. */
  stop(withinMs: number): Promise<void>;
}

/** Wires and starts what does the work of tenants in this process; Redis may come later. */
export function startJobEngine(platform: Platform, options: JobEngineOptions): JobEngine {
  const { config, log, directory, closings, contexts, plans, jobs, outbox, doorbell, overseer, plugins } = platform;
  const { handlerOf, gate, concurrency, sweepMs, leaseMs = LEASE_MS, againAfterMs = AGAIN_AFTER_MS, lockMs = LOCK_MS } = options;
  const place = { url: config.REDIS_URL, prefix: `${platform.jobsPrefix}bull` };
  const schedules = plugins.flatMap((plugin) => plugin.schedules ?? []);
  const roll = new TenantRegistry(platform.catalog, platform.announce);
  const handBack = new AbortController();
  const transport = new BullMqTransport<JobDelivery>(TENANT_QUEUE, place, log);
  const dispatcher = new JobDispatcher({ directory, contexts, plans, transport, log, kinds: jobs.names, againAfterMs });
  const works = { directory, closings, contexts, jobs, handlerOf, gate, dispatcher, log };
  const runner = new JobRunner({ ...works, leaseMs, handBack: handBack.signal });
  const worker = new BullMqWorker<JobDelivery>({
    queue: TENANT_QUEUE,
    ...{ ...place, concurrency, log, lockMs },
    isDelivery: ({ tenantId, id, attempt }) => isUuid(tenantId) && isUuid(id) && Number.isSafeInteger(attempt),
    run: (delivery) => runner.run(delivery),
  });
  const ticks = new ScheduleTicks({ schedules, roll, contexts, outbox, log });
  const ticker = new BullMqSchedules({ ...place, schedules, log, tick: (name, at) => ticks.tick(name, at) });
  const sweep = new JobSweep({ overseer, roll, dispatcher, log, everyMs: sweepMs, againAfterMs });
  const bell = openRedis(config.REDIS_URL, { name: 'doorbell', log });
  const hush = doorbell.hear(bell, (tenantId) => void dispatcher.dispatch(tenantId));
  const redeclare = repeatedly(() => ticker.declare(), sweepMs, log);
  worker.start();
  ticker.start();
  sweep.start();
  return {
    stop: async (withinMs) => {
      hush();
      clearInterval(redeclare);
      const timer = setTimeout(() => handBack.abort(new Error('the worker is being stopped')), withinMs);
      await Promise.all([worker.close(), sweep.stop(), ticker.close()]);
      clearTimeout(timer);
      await dispatcher.stop();
      await Promise.all([transport.close(), closeRedis(bell)]);
    },
  };
}

function repeatedly(work: () => Promise<void>, everyMs: number, log: Logger): NodeJS.Timeout {
  const attempt = (): void => {
    work().catch((error: unknown) => log.debug({ reason: failureText(error) }, 'schedules could not be declared; tried again'));
  };
  attempt();
  return setInterval(attempt, everyMs);
}
