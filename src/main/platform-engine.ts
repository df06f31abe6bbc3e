import { PLATFORM_QUEUE } from '#adapters/bullmq/bullmq-transport.js';
import { BullMqWorker } from '#adapters/bullmq/bullmq-worker.js';
import type { WorkDelivery } from '#catalog/work/work-row.js';
import { PlatformSchedules, type PlatformSchedule } from '#control/work/platform-schedule.js';
import type { WorkKind } from '#control/work/work-kind.js';
import { WorkDriver } from '#control/work/work-driver.js';
import { WorkRunner } from '#control/work/work-runner.js';
import { WorkSweep } from '#control/work/work-sweep.js';
import { isUuid } from '#kernel/model/uuid.js';
import type { Platform } from '#main/platform.js';
import { queuePlace } from '#main/queue-place.js';

/** What runs works of the platform in a process, and how patient it is, in milliseconds. */
export interface PlatformEngineOptions {
  readonly kinds: readonly WorkKind<never>[];
  readonly schedules: readonly PlatformSchedule[];
  readonly concurrency: number;
  readonly sweepMs: number;
  /** How long a try belongs to a worker that gives no sign of life. */
  readonly leaseMs?: number;
}

const LEASE_MS = 20_000;
const LOCK_MS = 10_000;

/** A running engine. */
export interface PlatformEngine {
  /** Takes no new work, waits for what is running, and hands back what is not done in time. */
  stop(withinMs: number): Promise<void>;
}

/** Sees works to their end in this process, where no worker need be; what is under way is handed back when `handBack` is aborted. */
export function openWorkDriver(
  { works, log }: Pick<Platform, 'works' | 'log'>,
  kinds: readonly WorkKind<never>[],
  handBack = new AbortController().signal,
): WorkDriver {
  return new WorkDriver(works, new WorkRunner({ book: works, kinds, log, leaseMs: LEASE_MS, handBack, later: () => undefined }));
}

/** Starts what does the platform's own works in this process; Redis may come later. */
export function startPlatformEngine(platform: Platform, options: PlatformEngineOptions): PlatformEngine {
  const { config, log, works, ringWorks } = platform;
  const { kinds, schedules, concurrency, sweepMs, leaseMs = LEASE_MS } = options;
  const handBack = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  const later = (delivery: WorkDelivery, inMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      ringWorks([delivery]);
    }, inMs);
    timers.add(timer.unref());
  };
  const runner = new WorkRunner({ book: works, kinds, log, leaseMs, handBack: handBack.signal, later });
  const worker = new BullMqWorker<WorkDelivery>({
    queue: PLATFORM_QUEUE,
    ...queuePlace(config, platform.jobsPrefix),
    ...{ concurrency, log, lockMs: LOCK_MS },
    isDelivery: ({ id, attempt }) => isUuid(id) && Number.isSafeInteger(attempt),
    run: (delivery) => runner.run(delivery),
  });
  const sweep = new WorkSweep({
    ...{ book: works, ring: ringWorks, log, everyMs: sweepMs },
    schedules: new PlatformSchedules(schedules, works, platform.members.clock),
  });
  worker.start();
  sweep.start();
  return {
    stop: async (withinMs) => {
      const timer = setTimeout(() => handBack.abort(new Error('the worker is being stopped')), withinMs);
      await Promise.all([worker.close(), sweep.stop()]);
      clearTimeout(timer);
      for (const waiting of timers) clearTimeout(waiting);
    },
  };
}
