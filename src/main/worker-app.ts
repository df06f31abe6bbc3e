import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { JobGate } from '#kernel/jobs/job-gate.js';
import { AccessJobGate } from '#main/access-job-gate.js';
import { NestLog } from '#main/http/nest-log.js';
import { startJobEngine, type JobEngineOptions } from '#main/job-engine.js';
import type { Platform } from '#main/platform.js';
import { requireHandlers } from '#main/require-handlers.js';
import { WorkerModule } from '#main/worker.module.js';

export interface WorkerAppOptions extends Omit<JobEngineOptions, 'handlerOf' | 'gate'> {
  /** The platform's own decision on access when not said. */
  readonly gate?: JobGate;
}

/** A worker that runs. */
export interface WorkerApp {
  /** Takes no new work, waits for what is running, and hands back what is not done in time. */
  stop(withinMs: number): Promise<void>;
}

/** Makes the handlers of a platform's plugins and starts what calls them. Raises what keeps one from being made. */
export async function startWorkerApp(
  platform: Platform,
  { gate = new AccessJobGate(platform.access), ...options }: WorkerAppOptions,
): Promise<WorkerApp> {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Nest declares its options as a class and wants a literal
  const app = await NestFactory.createApplicationContext(WorkerModule.on(platform), {
    logger: new NestLog(platform.log),
    abortOnError: false,
  });
  requireHandlers(app, platform.plugins);
  const handlerOf: JobEngineOptions['handlerOf'] = (kind) => app.get(kind, { strict: false });
  const engine = startJobEngine(platform, { ...options, gate, handlerOf });
  return {
    stop: async (withinMs) => {
      await engine.stop(withinMs);
      await app.close();
    },
  };
}
